import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { IncidentIds } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentLocks } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';

export interface PlaceDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly control: Pick<IncidentLocks, 'claimGroup' | 'releaseGroup'>;
  readonly clock: Clock;
}

const MAX_TRIES = 3;

/**
 * Owner of a lock: one attempt of an incident. So an ended attempt cannot release the lock of a later one.
 */
export function claimOf({ id, attempt }: Pick<Incident, 'id' | 'attempt'>): string {
  return `${id}#${attempt}`;
}

/** Releases the lock, whichever attempt acquired it: a restarted workflow holds the lock of the previous attempt. */
export async function releaseIncidentLock(
  { id, attempt, intakeKey }: Pick<Incident, 'id' | 'attempt' | 'intakeKey'>,
  control: Pick<IncidentLocks, 'releaseGroup'>,
): Promise<void> {
  for (let each = attempt; each >= 1; each -= 1) await control.releaseGroup(intakeKey, claimOf({ id, attempt: each }));
}

/**
 * Locks the intake key for an attempt of an incident. Returns null when the lock is acquired, else the open incident that owns it. A lock
 * left by an ended attempt (its record step crashed before the release) is released. Throws `Retryable` when the owner has no record yet, or
 * the record does not know the attempt: another process is opening that incident, and the queue will deliver this signal again.
 */
export async function acquireIncidentLock(
  { intakeKey, incidentId }: IncidentIds,
  attempt: number,
  deps: PlaceDeps,
): Promise<Incident | null> {
  const claim = claimOf({ id: incidentId, attempt });
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const held = await deps.control.claimGroup(intakeKey, claim, deps.clock.now());
    if (held === claim) return null;
    const [ownerId = '', ownerAttempt] = held.split('#');
    const owner = await deps.incidents.get(ownerId);
    if (owner === null || owner.attempt < Number(ownerAttempt)) {
      throw new Retryable(`Incident ${ownerId} is being opened for the same intake key; the intake queue will retry.`);
    }
    if (owner.status === 'open') return ownerId === incidentId ? null : owner;
    await deps.control.releaseGroup(intakeKey, held);
  }
  throw new Retryable(`Could not lock intake key ${intakeKey} for incident ${incidentId} after ${MAX_TRIES} attempts.`);
}
