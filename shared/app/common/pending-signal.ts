import { type IncidentIds, identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Clock } from '#shared/ports/time.ts';

/**
 * Another run failed while an incident holds its place: it may have failed for another reason, so it waits until the place is free.
 * Only the newest run of a place waits. An alarm needs no waiting: its state is read, not reported.
 */
export async function letWait(
  signal: Signal,
  holder: Incident,
  deps: {
    readonly incidents: Pick<IncidentStore, 'get'>;
    readonly control: Pick<ControlStore, 'keepWaiting'>;
    readonly clock: Clock;
  },
): Promise<void> {
  if (signal.target.kind !== 'github-run') return;
  await deps.control.keepWaiting(holder.intakeKey, signal, signal.target.runId, deps.clock.now());
  const current = await deps.incidents.get(holder.id);
  // Ended in between, it may have looked for a waiting report before there was one.
  if (current?.status !== 'open') throw new Retryable(`Incident ${holder.id} ended just now: its place is free.`);
}

/** A later run passed: what waited is over. */
export async function forgetWaiting(
  signal: Signal,
  { intakeKey }: IncidentIds,
  control: Pick<ControlStore, 'dropWaiting'>,
): Promise<void> {
  if (signal.target.kind === 'github-run') await control.dropWaiting(intakeKey, signal.target.runId);
}

/**
 * Sends what waited for an ended incident's place to the intake again. Repeatable: the second copy is recognised by its id, which
 * names who let it in, for it may find the place taken and have to wait again.
 */
export async function releaseWaiting(
  { id, attempt, intakeKey, target }: Incident,
  deps: { readonly control: Pick<ControlStore, 'waiting' | 'dropWaiting'>; readonly queue: SignalQueue },
): Promise<void> {
  if (target.kind !== 'github-run') return;
  const next = await deps.control.waiting(intakeKey);
  if (next?.target.kind !== 'github-run') return;
  const { runId, runAttempt } = next.target;
  if (runId !== target.runId) {
    const deliveryId = `waited#${id}-${attempt}#${identify(next).incidentId}#${runAttempt}`;
    await deps.queue.send({ ...next, deliveryId });
  }
  await deps.control.dropWaiting(intakeKey, runId);
}
