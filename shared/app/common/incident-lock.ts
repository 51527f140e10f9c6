import type { IncidentIds } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface PlaceDeps {
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly control: Pick<ControlStore, 'claimGroup' | 'releaseGroup'>;
  readonly clock: Clock;
}

const MAX_TRIES = 3;

/** What holds a place: one attempt of an incident. Freeing the place of an ended attempt never frees that of a later one. */
export function claimOf({ id, attempt }: Pick<Incident, 'id' | 'attempt'>): string {
  return `${id}#${attempt}`;
}

/** Frees the place, whichever attempt so far has claimed it: a workflow that was restarted holds the claim of the one before. */
export async function freePlace(
  { id, attempt, intakeKey }: Pick<Incident, 'id' | 'attempt' | 'intakeKey'>,
  control: Pick<ControlStore, 'releaseGroup'>,
): Promise<void> {
  for (let each = attempt; each >= 1; each -= 1) await control.releaseGroup(intakeKey, claimOf({ id, attempt: each }));
}

/**
 * Claims the place for an incident's attempt: null when it is ours, otherwise the open incident that holds it. A place that an
 * ended attempt still holds (its record step crashed before the release) is freed. A holder without a record, or of an attempt
 * that its record does not know, is being opened right now by somebody else: `Retryable`, so that the queue delivers
 * this signal again.
 */
export async function claimPlace(
  { intakeKey, incidentId }: IncidentIds,
  attempt: number,
  deps: PlaceDeps,
): Promise<Incident | null> {
  const claim = claimOf({ id: incidentId, attempt });
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const held = await deps.control.claimGroup(intakeKey, claim, deps.clock.now());
    if (held === claim) return null;
    const [holderId = '', holderAttempt] = held.split('#');
    const holder = await deps.incidents.get(holderId);
    if (holder === null || holder.attempt < Number(holderAttempt)) {
      throw new Retryable(`Incident ${holderId} is just being opened for the same place.`);
    }
    if (holder.status === 'open') return holderId === incidentId ? null : holder;
    await deps.control.releaseGroup(intakeKey, held);
  }
  throw new Retryable('The place of the incident is contended.');
}
