import type { Incident } from './incident.ts';
import { runAttemptOf } from './open-incident.ts';
import type { Signal } from './signal.ts';

/** What a failure signal means for the incident of the same run or the same state change. */
export type Transition =
  /** About an attempt that is known and dealt with. */
  | { kind: 'old-news' }
  /** Known and still open: make sure that its workflow runs. */
  | { kind: 'resume' }
  /** A later attempt failed while the incident is open: its workflow will see that for itself. */
  | { kind: 'occurrence' }
  /** A later attempt failed after the incident ended. */
  | { kind: 'reopen'; attempt: number; runAttempt: number };

/** Pure: what a failure signal does to the existing incident with the same id. */
export function transitionOf(incident: Incident, signal: Signal): Transition {
  const later = runAttemptOf(signal) > incident.runAttempt;
  if (incident.status === 'open') return later ? { kind: 'occurrence' } : { kind: 'resume' };
  return later
    ? { kind: 'reopen', attempt: incident.attempt + 1, runAttempt: runAttemptOf(signal) }
    : { kind: 'old-news' };
}
