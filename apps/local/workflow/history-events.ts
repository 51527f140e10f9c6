import type { State } from './definition.ts';
import type { EndEntry, FinalStatus, ScopeEntry } from './entries.ts';
import { isTimeout } from './events.ts';
import type { Json } from './json.ts';
import type { Position } from './position.ts';

/** Type and details of one history event, in the shapes of the AWS API. */
export type EventBody = { type: string } & { [details: `${string}EventDetails`]: Record<string, Json> };

const text = (value: Json | undefined) => JSON.stringify(value ?? null);
const failure = (entry: { error?: string; cause?: string }) => ({ error: entry.error ?? '', cause: entry.cause ?? '' });

/** How each end is told. */
export const END_EVENTS: Readonly<Record<FinalStatus, (entry: EndEntry) => EventBody>> = {
  SUCCEEDED: (entry) => ({
    type: 'ExecutionSucceeded',
    executionSucceededEventDetails: { output: text(entry.output) },
  }),
  FAILED: (entry) => ({ type: 'ExecutionFailed', executionFailedEventDetails: failure(entry) }),
  TIMED_OUT: (entry) => ({ type: 'ExecutionTimedOut', executionTimedOutEventDetails: failure(entry) }),
  ABORTED: (entry) => ({ type: 'ExecutionAborted', executionAbortedEventDetails: failure(entry) }),
};

/** Events of an entry within a scope; `position` is as it was before the entry. */
export function entryEvents(position: Position, entry: ScopeEntry): EventBody[] {
  const type = position.stateType ?? 'Pass';
  const name = position.state ?? '';
  switch (entry.type) {
    case 'entered':
      return enteredEvents(position, entry);
    case 'exited':
      return exitedEvents(position, entry, type, name);
    case 'scheduled':
      return scheduledEvents(entry);
    case 'submitted':
      return [{ type: 'TaskSubmitted', taskSubmittedEventDetails: { output: text(entry.output) } }];
    case 'forked':
      return type === 'Map'
        ? [{ type: 'MapStateStarted', mapStateStartedEventDetails: { length: entry.inputs.length } }]
        : [{ type: 'ParallelStateStarted' }];
    case 'succeeded':
      if (type !== 'Task') return [{ type: `${type}StateSucceeded` }];
      return [{ type: 'TaskSucceeded', taskSucceededEventDetails: { output: text(entry.output) } }];
    case 'failed':
      return failedEvents(entry, type, name);
    default:
      return [];
  }
}

function enteredEvents(position: Position, entry: Extract<ScopeEntry, { type: 'entered' }>): EventBody[] {
  const input = text(entry.input ?? position.input);
  const entered: EventBody = {
    type: `${entry.stateType}StateEntered`,
    stateEnteredEventDetails: { name: entry.state, input },
  };
  if (position.item === undefined || position.steps > 0) return [entered];
  const iteration = { name: position.outer?.state ?? '', index: position.index };
  return [{ type: 'MapIterationStarted', mapIterationStartedEventDetails: iteration }, entered];
}

function exitedEvents(
  position: Position,
  entry: Extract<ScopeEntry, { type: 'exited' }>,
  type: State['type'],
  name: string,
): EventBody[] {
  const assigned = Object.entries(entry.assign ?? {}).map(([key, value]) => [key, text(value)] as const);
  const exited: EventBody = {
    type: `${type}StateExited`,
    stateExitedEventDetails: {
      name,
      output: text(entry.output),
      ...(assigned.length > 0 ? { assignedVariables: Object.fromEntries(assigned) } : {}),
    },
  };
  if (position.item === undefined || entry.next !== null) return [exited];
  const iteration = { name: position.outer?.state ?? '', index: position.index };
  return [exited, { type: 'MapIterationSucceeded', mapIterationSucceededEventDetails: iteration }];
}

function scheduledEvents(entry: Extract<ScopeEntry, { type: 'scheduled' }>): EventBody[] {
  // arn:partition:service:region:account:rest, or arn:aws:states:::service:action
  const [, , service = '', region = '', , ...rest] = entry.resource.split(':');
  const [resourceType = service, resource = entry.resource] = service === 'states' ? rest : [service, entry.resource];
  const shown = entry.token === null ? resource : `${resource}.waitForTaskToken`;
  return [
    {
      type: 'TaskScheduled',
      taskScheduledEventDetails: { resourceType, resource: shown, region, parameters: text(entry.arguments) },
    },
    { type: 'TaskStarted', taskStartedEventDetails: { resourceType, resource: shown } },
  ];
}

function failedEvents(entry: Extract<ScopeEntry, { type: 'failed' }>, type: State['type'], state: string): EventBody[] {
  if (entry.error === 'States.QueryEvaluationError') {
    return [{ type: 'EvaluationFailed', evaluationFailedEventDetails: { ...failure(entry), state } }];
  }
  if (type === 'Task' && isTimeout(entry.error)) {
    return [{ type: 'TaskTimedOut', taskTimedOutEventDetails: failure(entry) }];
  }
  if (type === 'Task') return [{ type: 'TaskFailed', taskFailedEventDetails: failure(entry) }];
  return type === 'Map' || type === 'Parallel' ? [{ type: `${type}StateFailed` }] : [];
}
