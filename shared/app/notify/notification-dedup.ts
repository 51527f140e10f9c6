import type { Incident } from '#shared/domain/incident/incident.ts';
import type { AuditEntry } from '#shared/ports/incident-store.ts';

/** How an incident ends for its reader, by how much it asks of them. */
const WEIGHT = { resolved: 0, suggested: 1, escalated: 2 } as const;
export type Ending = keyof typeof WEIGHT;

/** What a mail told, kept with its audit entry, so that the next one can be left out when it would tell the same. */
export function mailFacts(
  { classification }: Incident,
  ending: Ending,
  actions: number,
): { ending: Ending; fingerprint: string | null; actions: number } {
  return { ending, fingerprint: classification?.fingerprint ?? null, actions };
}

/**
 * True when an alarm rings again and again and people were mailed within the window already: of the same failure, that it ended no
 * better than now, and nothing was done since. An escalation is left out only after an escalation.
 */
export function isToldAlready(
  incident: Incident,
  mail: ReturnType<typeof mailFacts>,
  trail: readonly AuditEntry[],
  { now, windowMinutes }: { now: Date; windowMinutes: number },
): boolean {
  const rangAgain = trail.some(
    ({ event, facts }) => event === 'incident.reopened' && facts.attempt === incident.attempt,
  );
  if (incident.target.kind !== 'alarm' || !rangAgain) return false;
  const since = now.getTime() - windowMinutes * 60_000;
  return trail.some(
    ({ at, facts }) =>
      Date.parse(at) > since &&
      isEnding(facts.ending) &&
      WEIGHT[facts.ending] >= WEIGHT[mail.ending] &&
      facts.fingerprint === mail.fingerprint &&
      facts.actions === mail.actions,
  );
}

function isEnding(value: unknown): value is Ending {
  return typeof value === 'string' && Object.hasOwn(WEIGHT, value);
}
