import type { ChoiceState, FailState, MapState, ParallelState, TaskState, WaitState } from './definition.ts';
import { ScopeFailure, StateFailure } from './faults.ts';
import { checkPayload } from './json.ts';
import { bindingsOf, commit, evaluateNumber, evaluateOr, leave, type Step, wrongType } from './step.ts';
import { newToken } from './token.ts';

/** Does the first thing of a state (or of a further attempt), and records where that leads. */
export function beginState(step: Step): Promise<void> {
  const { state } = step;
  switch (state.type) {
    case 'Pass':
    case 'Succeed':
      return leave(step, state, state.next, {}, step.position.input);
    case 'Choice':
      return choose({ ...step, state });
    case 'Wait':
      return beginWait({ ...step, state });
    case 'Fail':
      return fail({ ...step, state });
    case 'Task':
      return scheduleTask({ ...step, state });
    case 'Parallel':
      return forkBranches({ ...step, state });
    case 'Map':
      return forkItems({ ...step, state });
    default:
      return state satisfies never;
  }
}

/** A matching rule brings its own Assign and Output; the state's own serve the default. */
async function choose(step: Step<ChoiceState>): Promise<void> {
  const { state, position } = step;
  const bindings = bindingsOf(step);
  for (const rule of state.rules) {
    const holds = await rule.condition.evaluate(bindings);
    if (typeof holds !== 'boolean') throw wrongType('Condition', 'true or false', holds);
    if (holds) return leave(step, rule, rule.next, {}, position.input);
  }
  if (state.otherwise === null) {
    throw new StateFailure('States.NoChoiceMatched', 'No choice rule matched and there is no Default.');
  }
  return leave(step, state, state.otherwise, {}, position.input);
}

async function beginWait(step: Step<WaitState>): Promise<void> {
  const { state, run } = step;
  const bindings = bindingsOf(step);
  const seconds = await evaluateNumber(state.seconds, bindings, 'Seconds', 0);
  const until = seconds === null ? await untilTimestamp(step) : Date.now() + run.toMs(seconds);
  commit(step, { type: 'waiting', scope: step.position.path, until });
}

async function untilTimestamp(step: Step<WaitState>): Promise<number> {
  const timestamp = await evaluateOr(step.state.timestamp, bindingsOf(step), null);
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(at)) throw wrongType('Timestamp', 'an RFC 3339 time', timestamp);
  const now = Date.now();
  return now + step.run.toMs(Math.max(0, at - now) / 1000);
}

async function fail(step: Step<FailState>): Promise<void> {
  const bindings = bindingsOf(step);
  const [error, cause] = await Promise.all([
    evaluateOr(step.state.error, bindings, ''),
    evaluateOr(step.state.cause, bindings, ''),
  ]);
  if (typeof error !== 'string') throw wrongType('Error', 'a string', error);
  if (typeof cause !== 'string') throw wrongType('Cause', 'a string', cause);
  throw new ScopeFailure(error, cause);
}

async function scheduleTask(step: Step<TaskState>): Promise<void> {
  const { state, position, run } = step;
  const { path, steps, attempt } = position;
  const token = state.waitsForToken ? newToken(run.header.executionArn, path, steps, attempt) : null;
  const bindings = bindingsOf(step, { token });
  const args = checkPayload(await evaluateOr(state.arguments, bindings, position.input), 'input of the task');
  const timeout = await evaluateNumber(state.timeoutSeconds, bindings, 'TimeoutSeconds', 1);
  const heartbeat = await evaluateNumber(state.heartbeatSeconds, bindings, 'HeartbeatSeconds', 1);
  commit(step, {
    type: 'scheduled',
    scope: path,
    resource: state.resource,
    arguments: args,
    token,
    timeoutAt: timeout === null ? null : Date.now() + (token === null ? run.toWorkMs(timeout) : run.toMs(timeout)),
    heartbeatMs: heartbeat === null ? null : run.toMs(heartbeat),
  });
}

async function forkBranches(step: Step<ParallelState>): Promise<void> {
  const { state, position } = step;
  const input = checkPayload(await evaluateOr(state.arguments, bindingsOf(step), position.input), "branches' input");
  const inputs = state.branches.map(() => input);
  commit(step, { type: 'forked', scope: position.path, kind: 'Parallel', inputs, concurrency: inputs.length });
}

async function forkItems(step: Step<MapState>): Promise<void> {
  const { state, position } = step;
  const bindings = bindingsOf(step);
  const inputs = checkPayload(await evaluateOr(state.items, bindings, position.input), 'list of items');
  if (!Array.isArray(inputs)) throw wrongType('Items', 'a list', inputs);
  const limit = await evaluateNumber(state.maxConcurrency, bindings, 'MaxConcurrency', 0);
  commit(step, { type: 'forked', scope: position.path, kind: 'Map', inputs, concurrency: limit || inputs.length });
}
