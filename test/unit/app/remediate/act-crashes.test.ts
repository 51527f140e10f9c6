import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { undo } from '#shared/app/remediate/undo.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { anApproval } from '#test/builders/index.ts';
import { aRemedyRig, type RemedyRig } from '../remedy-rig.ts';

class Crash extends Error {
  override readonly name = 'Crash';
}

/** Counts every call to the stores and dies at the given one, before or after it took effect. Returns how many calls there were. */
function mortal<T extends object>(store: T, life: { calls: number; diesAt: number; after: boolean }): T {
  return new Proxy(store, {
    get(target, key, receiver) {
      const method = Reflect.get(target, key, receiver);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        const dies = life.calls++ === life.diesAt;
        if (dies && !life.after) throw new Crash();
        const result = await method.apply(target, args);
        if (dies) throw new Crash();
        return result;
      };
    },
  });
}

function mortalDeps(deps: RemedyRig['deps'], life: Parameters<typeof mortal>[1]): RemedyRig['deps'] {
  return {
    ...deps,
    incidents: mortal(deps.incidents, life),
    control: mortal(deps.control, life),
    ports: {
      ...deps.ports,
      codeHost: mortal(deps.ports.codeHost, life),
      alarms: mortal(deps.ports.alarms, life),
      deployments: mortal(deps.ports.deployments, life),
      resources: mortal(deps.ports.resources, life),
      lambdaAliases: mortal(deps.ports.lambdaAliases, life),
      ecsServices: mortal(deps.ports.ecsServices, life),
    },
  };
}

/** Runs a step until it ends, as a workflow that is resumed after a crash does. */
async function again<R>(step: () => Promise<R>): Promise<R> {
  for (let attempt = 0; attempt < 6; attempt++) {
    try {
      return await step();
    } catch (error) {
      const passing = error instanceof Crash || (error instanceof Error && error.name === 'Retryable');
      if (!passing) throw error;
    }
  }
  throw new Error('The step never ended.');
}

async function healOnce(action: ActionPlugin, life: Parameters<typeof mortal>[1]) {
  const unasked = { approvalRequiredRisks: [], actAtConfidence: 0 };
  const configure = (one: Configuration) => ({ ...one, policy: { ...one.policy, ...unasked } });
  const rig = await aRemedyRig({ family: action.family, actionId: action.id, configure });
  const deps = mortalDeps(rig.deps, life);
  const incidentId = rig.incident.id;
  const { digest, actionId, decision } = await again(() => makePlan({ incidentId, tried: [], held: false }, deps));
  const isAsked = ALWAYS_ASK.has(action.id);
  expect({ actionId, decision }).toEqual({ actionId: action.id, decision: isAsked ? 'approve' : 'act' });
  const place = { incidentId, digest: digest as string };
  if (isAsked) {
    await rig.deps.incidents.putApproval(anApproval(place));
    await rig.deps.incidents.decideApproval(incidentId, place.digest, 'approved', 'ada', rig.deps.clock.now());
  }
  const { lease } = await again(() => guard(place, deps));
  const acted = await again(() => act({ ...place, lease: lease as string }, deps));
  const effects = [...rig.state.effects];
  const undone = await again(() => undo(place, deps));
  return { acted, effects, undone, all: rig.state.effects };
}

/** What no policy lets run alone. */
const ALWAYS_ASK: ReadonlySet<string> = new Set(['scale-rds-instance', 'scale-aurora-cluster']);

/** All that change services; of those that change runs the one that fits a first failure. */
const FIRST = ACTIONS.filter(({ family, id }) => family !== 'github' || id === 'rerun-failed-jobs');

describe('a crash at any call', () => {
  it.each(FIRST.map((action) => [action.id, action] as const))(
    'neither loses nor repeats the effect of %s',
    async (_id, action) => {
      const reference = { calls: 0, diesAt: -1, after: false };
      const expected = await healOnce(action, reference);
      expect(expected.effects).toHaveLength(1);
      for (let diesAt = 0; diesAt < reference.calls; diesAt++) {
        for (const after of [false, true]) {
          const healed = await healOnce(action, { calls: 0, diesAt, after });
          expect(healed.effects, `died ${after ? 'after' : 'before'} call ${diesAt}`).toEqual(expected.effects);
          expect(healed.all).toEqual(expected.all);
          expect(healed.acted.state).toBe('done');
          expect(healed.undone.state).toBe(expected.undone.state);
        }
      }
    },
  );
});
