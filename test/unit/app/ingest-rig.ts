import type { IngestDeps } from '#shared/app/intake/ingest-signal.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { aConfiguration, aGithubTarget, aSignal } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryIncidentStore,
  makeMemoryPolicyStore,
  makeMemoryStatsStore,
  makeMemoryWorkflowEngine,
} from '#test/fakes/index.ts';

/** Stores in memory that a signal comes into. */
export function anIngestRig(configuration = aConfiguration()) {
  const clock = fakeClock();
  const incidents = makeMemoryIncidentStore(clock);
  const control = makeMemoryControlStore(clock);
  const workflow = makeMemoryWorkflowEngine();
  const stats = makeMemoryStatsStore();
  const policy = makeMemoryPolicyStore();
  const deps: IngestDeps = { incidents, control, policy, stats, workflow, configuration, clock };
  return { clock, incidents, control, policy, workflow, stats, deps };
}
export type IngestRig = ReturnType<typeof anIngestRig>;

/** A failed run that was reported. */
export const failure = (run: Parameters<typeof aGithubTarget>[0] = {}, delivery = 'delivery-1') =>
  aSignal({ deliveryId: delivery, target: aGithubTarget(run) });

/** The incident that a signal belongs to. */
export const idOf = (signal: Signal) => identify(signal).incidentId;
