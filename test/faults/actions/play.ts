import * as z from 'zod';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { anEvidence, anIncident } from '#test/builders/index.ts';
import type { Change } from './endpoints.ts';
import { sceneOf } from './scenes.ts';
import type { ActionStage } from './stage.ts';
import { HandedOver, healInOrder, type Phase, type Planned, planOf, type TakenUp } from './steps.ts';
import type { Seen, Watcher } from './wire.ts';

/** Something that changed outside, and the step that was running. */
export interface Effect extends Change {
  readonly phase: Phase;
}

/** How one incident went. */
export interface Played {
  readonly actionId: string;
  readonly requests: readonly Seen[];
  readonly effects: readonly Effect[];
  /** Of this action; more than one when it was planned anew. */
  readonly records: readonly ActionRecord[];
  /** Settled, or handed to a person with the reason. */
  readonly end: { readonly kind: 'settled' } | { readonly kind: 'handed-over'; readonly reason: string };
}

/** What goes wrong while an incident is played. */
export interface Faults {
  watcher(report: (seen: Seen) => void): Watcher;
  readonly takenUp: TakenUp;
}

const FUNCTIONS = ['guard', 'verify', 'undo'];
const NO_FAULTS: Faults = {
  takenUp: 'step',
  watcher: (report) => ({
    decide(seen) {
      report(seen);
      return { kind: 'pass' };
    },
    done: () => undefined,
  }),
};
let incidents = 0;

/** Plays one incident that the action fits: planned without faults, then guarded, executed, verified and undone with faults. */
export async function play(stage: ActionStage, plugin: ActionPlugin, faults: Faults = NO_FAULTS): Promise<Played> {
  await stage.renew();
  stage.host.prepare([...FUNCTIONS, `act-${plugin.family}`]);
  incidents += 1;
  const incidentId = `drill-${String(incidents).padStart(12, '0')}`;
  const scene = sceneOf(plugin.id, stage.configuration.playbooks);
  const { target, classification, telemetry, diagnosis, failedTests = [] } = await scene.begin(stage);
  await stage.incidents.create(anIncident({ id: incidentId, target, classification }));
  await stage.evidence.putTelemetry(incidentId, telemetry);
  await stage.evidence.putDiagnosis(incidentId, diagnosis);
  const named = failedTests.map((name) => ({ name, source: 'S1' }));
  await stage.evidence.putEvidence(anEvidence({ incidentId, failedTests: named }));
  for (const actionId of scene.before ?? []) await heal(stage, await planOf(stage, incidentId, actionId), NO_FAULTS);
  const planned = await planOf(stage, incidentId, plugin.id);
  const healed = await heal(stage, planned, faults);
  const records = (await stage.incidents.listActions(incidentId)).filter(({ actionId }) => actionId === plugin.id);
  return { actionId: plugin.id, ...healed, records };
}

const Changes = z.array(z.object({ kind: z.string(), target: z.string(), facts: z.record(z.string(), z.unknown()) }));

async function heal(
  stage: ActionStage,
  planned: Planned,
  faults: Faults,
): Promise<Pick<Played, 'requests' | 'effects' | 'end'>> {
  const requests: Seen[] = [];
  const effects: Effect[] = [];
  const changes = (): Change[] => [...Changes.parse(stage.world().journal.entries()), ...stage.endpoints().changes];
  let known = changes().length;
  stage.wire.watch(faults.watcher((seen) => void requests.push(seen)));
  const during = async <T>(phase: Phase, work: () => Promise<T>): Promise<T> =>
    await work().finally(() => {
      const now = changes();
      effects.push(...now.slice(known).map((one) => ({ ...one, phase })));
      known = now.length;
    });
  try {
    await healInOrder(stage, planned, faults.takenUp, during);
    return { requests, effects, end: { kind: 'settled' } };
  } catch (error) {
    if (!(error instanceof HandedOver)) throw error;
    return { requests, effects, end: { kind: 'handed-over', reason: error.message } };
  } finally {
    stage.wire.watch(null);
  }
}
