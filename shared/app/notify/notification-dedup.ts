import type { Ending, Incident, Notification } from '#shared/domain/incident/incident.ts';
import { isAlarmOrAlert } from '#shared/domain/incident/target-context.ts';

/** Endings by how much attention they need. */
const WEIGHT = { resolved: 0, suggested: 1, escalated: 2 } as const satisfies Record<Ending, number>;

type Gist = NonNullable<Notification['gist']>;

/** Summary of a notification, stored with it so that a similar later one can be skipped. */
export function gistOf({ classification }: Incident, ending: Ending, actions: number): Gist {
  return { ending, fingerprint: classification?.fingerprint ?? null, actions };
}

/**
 * Whether people were notified of the same within the window, for an alarm that goes off again and again: the same failure, an ending that
 * needs at least as much attention, and no action since. So an escalation is skipped only after an escalation.
 */
export function isAlreadyNotified(
  incident: Incident,
  mail: Gist,
  sent: readonly Notification[],
  { now, windowMinutes }: { now: Date; windowMinutes: number },
): boolean {
  if (!isAlarmOrAlert(incident.target) || !incident.reopened) return false;
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
