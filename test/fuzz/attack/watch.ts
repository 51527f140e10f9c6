import type { ActDeps } from '#shared/app/remediate/act.ts';
import type { StepPlan } from '#shared/domain/workflow/steps.ts';
import type { AttackRig } from './rig.ts';
import { JUMPS, type Scene } from './scene.ts';

/** From when to when something forbade every effect, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Effect {
  /** As the world names it: `rerun`, `alias:7`, `ecs:checkout:7`. */
  readonly name: string;
  readonly at: number;
  /** Of the plan that was being carried out, the first is 1. */
  readonly plan: number;
  /** The step that caused it; null: none of ours. */
  readonly step: 'act' | 'undo' | null;
}

export interface Watched {
  readonly deps: AttackRig['deps'];
  readonly incidentId: string;
  readonly effects: Effect[];
  /** With the times at which their making began and ended. */
  readonly plans: (Span & Pick<StepPlan, 'decision' | 'digest' | 'actionId'>)[];
  /** Times at which the kill switch was on or changes were frozen. */
  readonly forbidden: Span[];
  readonly thrown: unknown[];
  during<T>(step: 'act' | 'undo', work: () => Promise<T>): Promise<T>;
  heal(): void;
}

type Kind = Scene['events'][number]['kind'];

/**
 * Looks on while an incident is played: every read and every change takes time, may be the moment of an event beside the workflow, and
 * what it changed in the world is written down with its time.
 */
export function watch(scene: Scene, rig: AttackRig, frozen: readonly Span[]): Watched {
  const effects: Effect[] = [];
  const plans: Watched['plans'] = [];
  const forbidden: Span[] = [...frozen];
  let step: Effect['step'] = null;
  let moment = 0;
  const due: Kind[] = [];
  const happen = eventsOf(rig, plans, forbidden);
  const watched = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          rig.clock.advance(scene.slowness);
          moment += 1;
          for (const { at, kind } of scene.events) if (at === moment) due.push(kind);
          // A function that stands still for hours between its last check and its effect has timed out long before.
          const now = step === null ? due : due.filter((kind) => !JUMPS.has(kind));
          for (const kind of now.slice()) await happen[due.splice(due.indexOf(kind), 1)[0]!]();
          const before = rig.state.effects.length;
          const answer: unknown = await Reflect.apply(method, target, given);
          for (const name of rig.state.effects.slice(before))
            effects.push({ name, plan: plans.length, at: rig.clock.now().getTime(), step });
          return answer;
        };
      },
    });
  return {
    deps: watchedDeps(rig, watched),
    incidentId: rig.incident.id,
    effects,
    plans,
    forbidden,
    thrown: [],
    heal: rig.help,
    async during(now, work) {
      step = now;
      return await work().finally(() => {
        step = null;
      });
    },
  };
}

function watchedDeps({ deps, ports }: AttackRig, watched: <T extends object>(port: T) => T): AttackRig['deps'] {
  const watchedPorts = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, name === 'clock' ? port : watched(port)]),
  ) as unknown as ActDeps['ports'];
  const { codeHost, alarms, deployments } = watchedPorts;
  const incidents = watched(deps.incidents);
  const control = watched(deps.control);
  return {
    ...deps,
    incidents,
    control,
    ports: watchedPorts,
    ...{ codeHost, alarms, deployments },
  } as AttackRig['deps'];
}

/** What may happen at any moment, by other hands. Nothing of it is counted as an effect of ours. */
function eventsOf(
  { deps, state, clock, heal, others, incident }: AttackRig,
  plans: Watched['plans'],
  forbidden: Span[],
): Record<Kind, () => Promise<void> | void> {
  const { control, incidents } = deps;
  let killedAt: number | null = null;
  return {
    kill: async () => {
      if (killedAt !== null) return;
      killedAt = forbidden.push({ from: clock.now().getTime(), to: Number.POSITIVE_INFINITY }) - 1;
      await control.setControls({ killSwitch: true, reason: 'drill' });
    },
    release: async () => {
      if (killedAt !== null) forbidden[killedAt] = { from: forbidden[killedAt]!.from, to: clock.now().getTime() };
      killedAt = null;
      await control.setControls({ killSwitch: false, reason: null });
    },
    heal,
    /** The workflow stood still for hours: leases and approvals are old. */
    lapse: () => clock.advance(5 * 3_600_000),
    redeploy: others,
    'newer-run': () => {
      state.newerRun = true;
    },
    'steal-lease': async () => {
      clock.advance(2 * 3_600_000);
      const digest = plans.at(-1)?.digest ?? null;
      const plan = digest === null ? null : await incidents.getPlan(incident.id, digest);
      if (plan !== null) await control.acquireLease(plan.targetKey, 'somebody-else', 3600, clock.now());
    },
    /** A plan is changed in the store, under the digest that was decided about. */
    forge: async () => {
      const digest = plans.at(-1)?.digest ?? null;
      const plan = digest === null ? null : await incidents.getPlan(incident.id, digest);
      const bolder = {
        toVersion: '1',
        toTaskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:1',
      };
      if (plan !== null) await incidents.putPlan({ ...plan, parameters: { ...plan.parameters, ...bolder, runId: 9 } });
    },
  };
}
