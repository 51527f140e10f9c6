import type { Incident } from './incident.ts';
import { runAttemptOf } from './open-incident.ts';
import type { Signal } from './signal.ts';
import { isAlarmOrAlert } from './target-context.ts';

/** What an alarm's new signal means for the newest incident of that alarm. */
export type Recurrence =
  /** It belongs to another incident: a new one, or the one that holds the lock. */
  | { kind: 'unrelated' }
  /** It is the signal for which the incident was reopened. */
  | { kind: 'resume' }
  /** It is older than the incident's own signal. */
  | { kind: 'stale' }
  /** The alarm went off again soon after the incident ended. */
  | { kind: 'reopen'; attempt: number; runAttempt: number };

const ENDED = new Set(['resolved', 'suggested', 'escalated', 'linked']);

/** An alarm that goes off again within `windowMinutes` after its newest incident ended reopens that incident. Pure. */
export function classifyRecurrence(newest: Incident, signal: Signal, windowMinutes: number): Recurrence {
  if (!isAlarmOrAlert(newest.target) || !isAlarmOrAlert(signal.target)) return { kind: 'unrelated' };
  const open = newest.status === 'open';
  const before = Date.parse(newest.target.changedAt);
  const again = Date.parse(signal.target.changedAt);
  if (open) return { kind: again === before ? 'resume' : 'unrelated' };
  if (!ENDED.has(newest.status)) return { kind: 'unrelated' };
  if (again <= before) return { kind: 'stale' };
  return again - Date.parse(newest.updatedAt) <= windowMinutes * 60_000 && windowMinutes > 0
    ? { kind: 'reopen', attempt: newest.attempt + 1, runAttempt: newest.runAttempt }
    : { kind: 'unrelated' };
}

/** What a failure signal means for the incident of the same run or the same state change. */
export type Transition =
  /** About an attempt that was handled already. */
  | { kind: 'stale' }
  /** Known and still open: ensures that its workflow runs. */
  | { kind: 'resume' }
  /** A later attempt failed while the incident is open; its workflow will notice that itself. */
  | { kind: 'occurrence' }
  /** A later attempt failed after the incident ended. */
  | { kind: 'reopen'; attempt: number; runAttempt: number };

/** What a failure signal does to the existing incident with the same id. Pure. */
export function transitionOf(incident: Incident, signal: Signal): Transition {
  const later = runAttemptOf(signal) > incident.runAttempt;
  if (incident.status === 'open') return later ? { kind: 'occurrence' } : { kind: 'resume' };
  return later
    ? { kind: 'reopen', attempt: incident.attempt + 1, runAttempt: runAttemptOf(signal) }
    : { kind: 'stale' };
}
