import type { Incident } from './incident.ts';
import type { Signal } from './signal.ts';

/** What an alarm's new report means for the newest incident of that alarm. */
export type Flap =
  /** An incident of its own, or one that holds the place already: not this one's business. */
  | { kind: 'apart' }
  /** It is the very report that the incident was opened again for. */
  | { kind: 'resume' }
  /** Older than what the incident is about. */
  | { kind: 'old-news' }
  /** The alarm rang again soon after the incident ended: the same trouble. */
  | { kind: 'reopen'; attempt: number; runAttempt: number };

const ENDED = new Set(['resolved', 'suggested', 'escalated', 'linked']);

/** Pure: an alarm that rings again within `windowMinutes` of the end of its newest incident opens no other one. */
export function flapOf(newest: Incident, signal: Signal, windowMinutes: number): Flap {
  if (newest.target.kind !== 'alarm' || signal.target.kind !== 'alarm') return { kind: 'apart' };
  const open = newest.status === 'open';
  const before = Date.parse(newest.target.changedAt);
  const again = Date.parse(signal.target.changedAt);
  if (open) return { kind: again === before ? 'resume' : 'apart' };
  if (!ENDED.has(newest.status)) return { kind: 'apart' };
  if (again <= before) return { kind: 'old-news' };
  return again - Date.parse(newest.updatedAt) <= windowMinutes * 60_000 && windowMinutes > 0
    ? { kind: 'reopen', attempt: newest.attempt + 1, runAttempt: newest.runAttempt }
    : { kind: 'apart' };
}
