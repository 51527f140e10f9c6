import type { State } from './definition.ts';
import type { EndEntry, FinalStatus, Header, ScopeEntry } from './entries.ts';
import { isUncatchable } from './error-matching.ts';
import { isTimeout, shownError } from './events.ts';
import type { Json } from './json.ts';
import type { Position, TaskPhase } from './position.ts';

/** Type and details of one history event in the shapes of the AWS API. */
export type EventBody = { type: string } & { [details: `${string}EventDetails`]: Record<string, Json> };

/**
 * One event of a chain. `next`: follows the chain's last event and becomes the last. `aside`: follows the newest event without becoming
 * the last. `beside`: follows the last event without becoming it. `after`: follows this event instead.
 */
export interface ChainedEvent {
  readonly body: EventBody;
  readonly link: 'next' | 'aside' | 'beside';
  readonly after?: number;
}

const text = (value: Json | undefined) => JSON.stringify(value ?? null);
const WHOLE = { truncated: false };
const next = (body: EventBody): ChainedEvent => ({ body, link: 'next' });
const aside = (body: EventBody): ChainedEvent => ({ body, link: 'aside' });
const beside = (body: EventBody): ChainedEvent => ({ body, link: 'beside' });

/** Leaves out empty fields, as AWS does. */
function failure({ error, cause }: { error?: string; cause?: string }): Record<string, Json> {
  return { ...(error ? { error: shownError(error) } : {}), ...(cause ? { cause } : {}) };
}

export function startedEvent({ input, roleArn, aliasArn, versionArn }: Header): EventBody {
  return {
    type: 'ExecutionStarted',
    executionStartedEventDetails: {
      input: text(input),
      inputDetails: WHOLE,
      roleArn,
      ...(aliasArn ? { stateMachineAliasArn: aliasArn } : {}),
      ...(versionArn ? { stateMachineVersionArn: versionArn } : {}),
    },
  };
}

/** The event for each final status. */
export const END_EVENTS: Readonly<Record<FinalStatus, (entry: EndEntry) => EventBody>> = {
  SUCCEEDED: (entry) => ({
    type: 'ExecutionSucceeded',
    executionSucceededEventDetails: { output: text(entry.output), outputDetails: WHOLE },
  }),
  FAILED: (entry) => ({ type: 'ExecutionFailed', executionFailedEventDetails: failure(entry) }),
  TIMED_OUT: () => ({ type: 'ExecutionTimedOut', executionTimedOutEventDetails: { error: 'States.Timeout' } }),
  ABORTED: (entry) => ({ type: 'ExecutionAborted', executionAbortedEventDetails: failure(entry) }),
};

/** Events of an entry within a scope. `position` is the position before the entry; `header` gives the region. */
export function entryEvents(header: Header, position: Position, entry: ScopeEntry): ChainedEvent[] {
  const type = position.stateType ?? 'Pass';
  const name = position.state ?? '';
  switch (entry.type) {
    case 'entered':
      return enteredEvents(position, entry);
    case 'exited':
      return exitedEvents(position, entry, type, name);
    case 'scheduled':
      return scheduledEvents(header, entry);
    case 'submitted':
      return [next({ type: 'TaskSubmitted', taskSubmittedEventDetails: taskOutput(position, entry.output) })];
    case 'forked':
      return type === 'Map'
        ? [next({ type: 'MapStateStarted', mapStateStartedEventDetails: { length: entry.inputs.length } })]
        : [next({ type: 'ParallelStateStarted' })];
    case 'succeeded':
      if (type !== 'Task') return [aside({ type: `${type}StateSucceeded` })];
      return [next({ type: 'TaskSucceeded', taskSucceededEventDetails: taskOutput(position, entry.output) })];
    case 'failed':
      return failedEvents(position, entry, type, name);
    default:
      return [];
  }
}

function iterationOf(position: Position): Record<string, Json> {
  return { name: position.outer?.state ?? '', index: position.index };
}

function enteredEvents(position: Position, entry: Extract<ScopeEntry, { type: 'entered' }>): ChainedEvent[] {
  const input = text(entry.input ?? position.input);
  const entered = next({
    type: `${entry.stateType}StateEntered`,
    stateEnteredEventDetails: { name: entry.state, input, inputDetails: WHOLE },
  });
  if (position.item === undefined || position.steps > 0) return [entered];
  const started = { type: 'MapIterationStarted', mapIterationStartedEventDetails: iterationOf(position) };
  return [next(started), entered];
}

function exitedEvents(
  position: Position,
  entry: Extract<ScopeEntry, { type: 'exited' }>,
  type: State['type'],
  name: string,
): ChainedEvent[] {
  const assigned = Object.entries(entry.assign ?? {}).map(([key, value]) => [key, text(value)] as const);
  assigned.sort(([a], [b]) => (a < b ? -1 : 1));
  const variables =
    assigned.length > 0 ? { assignedVariables: Object.fromEntries(assigned), assignedVariablesDetails: WHOLE } : {};
  const exited = next({
    type: `${type}StateExited`,
    stateExitedEventDetails: { name, output: text(entry.output), outputDetails: WHOLE, ...variables },
  });
  if (position.item === undefined || entry.next !== null) return [exited];
  const succeeded = { type: 'MapIterationSucceeded', mapIterationSucceededEventDetails: iterationOf(position) };
  return [exited, next(succeeded)];
}

interface Resource {
  readonly resourceType: string;
  readonly resource: string;
}

/** Reads the service of `arn:partition:service:region:account:rest`, or of `arn:aws:states:::service:action`. */
function resourceOf(task: Pick<TaskPhase, 'resource' | 'token'>): Resource {
  const [, , service = '', , , ...rest] = task.resource.split(':');
  const isIntegration = service === 'states';
  const resourceType = isIntegration ? rest.slice(0, -1).join(':') : service;
  const resource = isIntegration ? (rest.at(-1) ?? '') : task.resource;
  return { resourceType, resource: task.token === null ? resource : `${resource}.waitForTaskToken` };
}

function taskOutput(position: Position, output: Json): Record<string, Json> {
  const resource = position.phase.kind === 'task' ? { ...resourceOf(position.phase) } : {};
  return { ...resource, output: text(output), outputDetails: WHOLE };
}

function scheduledEvents(header: Header, entry: Extract<ScopeEntry, { type: 'scheduled' }>): ChainedEvent[] {
  const resource = resourceOf(entry);
  const { timeoutSeconds = null, heartbeatSeconds = null } = entry;
  const taskScheduledEventDetails = {
    ...resource,
    region: header.executionArn.split(':')[3] ?? '',
    parameters: text(entry.arguments),
    ...(timeoutSeconds === null ? {} : { timeoutInSeconds: timeoutSeconds }),
    ...(heartbeatSeconds === null ? {} : { heartbeatInSeconds: heartbeatSeconds }),
  };
  return [
    next({ type: 'TaskScheduled', taskScheduledEventDetails }),
    next({ type: 'TaskStarted', taskStartedEventDetails: { ...resource } }),
  ];
}

type Failed = Extract<ScopeEntry, { type: 'failed' }>;

/** Errors of the engine itself appear in the history only as the end of the execution. */
function failedEvents(position: Position, entry: Failed, type: State['type'], state: string): ChainedEvent[] {
  if (isUncatchable(entry.error)) return [];
  const stateFailed = (type === 'Map' || type === 'Parallel') && !entry.retried;
  return [
    ...(entry.location === undefined ? [] : [evaluationFailed(position, entry, state)]),
    ...taskFailed(position, entry),
    ...innerFailed(position, entry),
    ...(stateFailed ? [next({ type: `${type}StateFailed` })] : []),
  ];
}

function evaluationFailed(position: Position, entry: Failed, state: string): ChainedEvent {
  const details = { ...failure(entry), location: entry.location ?? '', state };
  const event = next({ type: 'EvaluationFailed', evaluationFailedEventDetails: details });
  // A failure in a catcher follows the event before the state's failure.
  return position.phase.kind === 'failed' ? { ...event, after: position.beforeFailed } : event;
}

function taskFailed(position: Position, entry: Failed): ChainedEvent[] {
  if (position.phase.kind !== 'task') return [];
  const details = { ...resourceOf(position.phase), ...failure(entry) };
  return isTimeout(entry.error)
    ? [next({ type: 'TaskTimedOut', taskTimedOutEventDetails: details })]
    : [next({ type: 'TaskFailed', taskFailedEventDetails: details })];
}

/** Events of a failed branch or iteration and of the siblings that it cancels. */
function innerFailed(position: Position, entry: Failed): ChainedEvent[] {
  if (position.phase.kind !== 'forked' || entry.from === undefined) return [];
  const { children } = position.phase;
  const failed = children.find(({ path }) => path === entry.from);
  if (failed === undefined) return [];
  const ofTask = failed.phase.kind === 'failed' && failed.phase.ofTask;
  const cut = children.filter((child) => child !== failed && child.steps > 0 && child.phase.kind !== 'finished');
  return [
    ...(ofTask ? [aside({ type: 'TaskStateAborted' })] : []),
    ...(failed.item === undefined
      ? []
      : [aside({ type: 'MapIterationFailed', mapIterationFailedEventDetails: iterationOf(failed) })]),
    ...cut.flatMap((child) => [
      ...(child.phase.kind === 'arriving' ? [] : [beside({ type: `${child.stateType}StateAborted` })]),
      ...(child.item === undefined
        ? []
        : [beside({ type: 'MapIterationAborted', mapIterationAbortedEventDetails: iterationOf(child) })]),
    ]),
  ];
}
