import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { type IncidentIds, identify } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { IncidentLocks } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

/**
 * Stores the signal of another failed run while an incident holds the lock. The run may have failed for another reason, so its signal waits
 * until the lock is released. Only the newest run of an intake key waits. Alarms do not wait, because their state can be read.
 */
export async function deferSignal(
  signal: Signal,
  owner: Incident,
  deps: {
    readonly incidents: Pick<IncidentStore, 'get'>;
    readonly control: Pick<IncidentLocks, 'keepWaiting'>;
    readonly clock: Clock;
  },
): Promise<void> {
  if (signal.target.kind !== 'run') return;
  await deps.control.keepWaiting(owner.intakeKey, signal, signal.target.runId, deps.clock.now());
  const current = await deps.incidents.get(owner.id);
  // If the incident has just ended, it may have looked for a waiting signal before this one was stored.
  if (current?.status !== 'open')
    throw new Retryable(`Incident ${owner.id} ended while the signal was being stored; the intake queue will retry.`);
}

/**
 * Stores that an alert's sender calls it resolved while its incident is worked on. Once that has ended, the signal comes in again and closes it.
 */
export async function deferResolution(
  signal: Signal,
  owner: Incident,
  deps: Parameters<typeof deferSignal>[2],
): Promise<void> {
  await deps.control.keepWaiting(owner.intakeKey, signal, Date.parse(signal.occurredAt), deps.clock.now());
  const current = await deps.incidents.get(owner.id);
  if (current?.status !== 'open')
    throw new Retryable(`Incident ${owner.id} ended while the signal was being stored; the intake queue will retry.`);
}

/** Drops the waiting signal, because a later run has passed, or the alert fires again. */
export async function forgetWaiting(
  signal: Signal,
  { intakeKey }: Pick<IncidentIds, 'intakeKey'>,
  control: Pick<IncidentLocks, 'dropWaiting'>,
): Promise<void> {
  if (signal.target.kind === 'run') await control.dropWaiting(intakeKey, signal.target.runId);
  if (signal.target.kind === 'alert') await control.dropWaiting(intakeKey, Date.parse(signal.target.changedAt));
}

/**
 * Sends the signal that waited for an ended incident to the intake again. Repeatable: a second copy has the same id. The id names the
 * incident that released the signal, because the signal may have to wait again.
 */
export async function releaseWaiting(
  { id, attempt, intakeKey, target }: Incident,
  deps: { readonly control: Pick<IncidentLocks, 'waiting' | 'dropWaiting'>; readonly queue: SignalQueue },
): Promise<void> {
  if (target.kind !== 'run' && target.kind !== 'alert') return;
  const next = await deps.control.waiting(intakeKey);
  if (next?.target.kind === 'alert') {
    await deps.queue.send({ ...next, deliveryId: `waited#${id}-${attempt}#${next.occurredAt}` });
    await deps.control.dropWaiting(intakeKey, Date.parse(next.occurredAt));
    return;
  }
  if (target.kind !== 'run') return;
  if (next?.target.kind !== 'run') return;
  const { runId, runAttempt } = next.target;
  if (runId !== target.runId) {
    const deliveryId = `waited#${id}-${attempt}#${identify(next).incidentId}#${runAttempt}`;
    await deps.queue.send({ ...next, deliveryId });
  }
  await deps.control.dropWaiting(intakeKey, runId);
}
