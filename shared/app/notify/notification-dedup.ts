import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Ending, Notification } from '#shared/domain/incident/notification.ts';

/** Endings by how much they demand of the reader. */
const WEIGHT = { resolved: 0, suggested: 1, escalated: 2 } as const satisfies Record<Ending, number>;

type Gist = NonNullable<Notification['gist']>;

/** Digest of a mail, stored with its notification, so that an identical next one can be skipped. */
export function gistOf({ classification }: Incident, ending: Ending, actions: number): Gist {
  return { ending, fingerprint: classification?.fingerprint ?? null, actions };
}

/**
 * True when an alarm keeps going off and people were mailed within the window: about the same failure, with an ending
 * no better than now, and nothing done since. An escalation is skipped only after an escalation.
 */
export function isToldAlready(
  incident: Incident,
  mail: Gist,
  sent: readonly Notification[],
  { now, windowMinutes }: { now: Date; windowMinutes: number },
): boolean {
  if (incident.target.kind !== 'alarm' || !incident.reopened) return false;
  const since = now.getTime() - windowMinutes * 60_000;
  return sent.some(
    ({ at, gist }) =>
      Date.parse(at) > since &&
      gist !== null &&
      WEIGHT[gist.ending] >= WEIGHT[mail.ending] &&
      gist.fingerprint === mail.fingerprint &&
      gist.actions === mail.actions,
  );
}
