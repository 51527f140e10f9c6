import type { WorkflowEvent } from './contract.ts';
import type { Entry, FinalStatus } from './entries.ts';
import type { Json } from './json.ts';
import type { Position, Snapshot } from './position.ts';

type Shown = Pick<WorkflowEvent, 'type' | 'detail'>;

const END_TYPES: Readonly<Record<FinalStatus, WorkflowEvent['type']>> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

/** Whether the error is a timeout or a missed heartbeat. */
export function isTimeout(error: string): boolean {
  return error === 'States.Timeout' || error === 'States.HeartbeatTimeout';
}

/** Only Retry and Catch tell a missed heartbeat from a timeout; everywhere else it is shown as a timeout. */
export function shownError(error: string): string {
  return error === 'States.HeartbeatTimeout' ? 'States.Timeout' : error;
}

/** The event to show for a recorded entry, or null for entries not worth showing. `before` is the state it belongs to. */
export function eventOf(
  snapshot: Snapshot,
  entry: Entry,
  position: Position | null,
  before: string | null,
): WorkflowEvent | null {
  const shown = showEntry(entry, position);
  if (!shown) return null;
  const { executionArn, name, machineName } = snapshot.header;
  const state = entry.type === 'entered' ? entry.state : before;
  return { executionArn, name, machineName, at: entry.at, ...shown, ...(state === null ? {} : { state }) };
}

function showEntry(entry: Entry, position: Position | null): Shown | null {
  switch (entry.type) {
    case 'started':
      return { type: 'ExecutionStarted', detail: { input: entry.header.input } };
    case 'entered':
      return { type: 'StateEntered', detail: { type: entry.stateType } };
    case 'scheduled':
      return { type: 'TaskScheduled', detail: { resource: entry.resource, timeoutAt: entry.timeoutAt } };
    case 'submitted':
      return { type: 'TaskSubmitted' };
    case 'succeeded':
      return { type: 'TaskSucceeded', detail: { output: entry.output } };
    case 'failed':
      return {
        type: isTimeout(entry.error) ? 'TaskTimedOut' : 'TaskFailed',
        detail: { error: entry.error, cause: entry.cause },
      };
    case 'retrying':
      return { type: 'TaskRetried', detail: { attempt: position?.attempt ?? 0, until: entry.until } };
    case 'exited':
      return { type: 'StateExited', detail: { next: entry.next, output: entry.output } };
    case 'ended':
      return { type: END_TYPES[entry.status], detail: endDetail(entry) };
    default:
      return null;
  }
}

function endDetail(entry: Extract<Entry, { type: 'ended' }>): Json {
  const { output = null, cause = '' } = entry;
  const error = entry.status === 'TIMED_OUT' ? 'States.Timeout' : entry.error;
  return error === undefined ? { output } : { error, cause };
}
