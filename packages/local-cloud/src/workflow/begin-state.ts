import type { ChoiceState, FailState, MapState, ParallelState, TaskState, WaitState } from './definition.ts';
import { ScopeFailure, StateFailure } from './faults.ts';
import { checkPayload, NO_TIMESTAMP, readTimestamp } from './json.ts';
import { bindingsOf, commit, evaluateNumber, evaluateOr, leave, type Step, wrongType } from './step.ts';
import { constantTemplate, type Template } from './template.ts';
import { newToken } from './token.ts';

/** Begins a state or a further attempt of it, and records the next phase. */
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

/** A matching rule uses its own Assign and Output; the default uses the state's. */
async function choose(step: Step<ChoiceState>): Promise<void> {
  const { state, position } = step;
  const bindings = bindingsOf(step);
  for (const rule of state.rules) {
    const holds = await rule.condition.evaluate(bindings);
    if (typeof holds !== 'boolean') throw wrongType(rule.condition, 'boolean', holds);
    if (holds) return leave(step, rule, rule.next, {}, position.input);
  }
  if (state.otherwise === null) {
    const cause = 'Failed to transition out of the state. The state does not point to a next state.';
    throw new StateFailure('States.Runtime', cause);
  }
  return leave(step, state, state.otherwise, {}, position.input);
}

async function beginWait(step: Step<WaitState>): Promise<void> {
  const { state, run } = step;
  const bindings = bindingsOf(step);
  const seconds = await evaluateNumber(state.seconds, bindings, 0);
  const until = seconds === null ? await untilTimestamp(step) : Date.now() + run.toMs(seconds);
  commit(step, { type: 'waiting', scope: step.position.path, until });
}

async function untilTimestamp(step: Step<WaitState>): Promise<number> {
  const template = step.state.timestamp ?? constantTemplate(null, 'Timestamp');
  const timestamp = await template.evaluate(bindingsOf(step));
  if (typeof timestamp !== 'string') throw wrongType(template, 'string', timestamp);
  const at = readTimestamp(timestamp);
  if (at === null) throw template.failure(`returned '${timestamp}', which is ${NO_TIMESTAMP}`);
  const now = Date.now();
  return now + step.run.toMs(Math.max(0, at - now) / 1000);
}

async function fail(step: Step<FailState>): Promise<void> {
  const error = await evaluateText(step, step.state.error);
  const cause = await evaluateText(step, step.state.cause);
  throw new ScopeFailure(error, cause);
}

/** Evaluates to a string; empty when the field is missing. */
async function evaluateText(step: Step, template: Template | null): Promise<string> {
  const value = await evaluateOr(template, bindingsOf(step), '');
  if (typeof value === 'string') return value;
  throw wrongType(template ?? constantTemplate(value, 'Error'), 'string', value);
}

async function scheduleTask(step: Step<TaskState>): Promise<void> {
  const { state, position, run } = step;
  const { path, steps, attempt } = position;
  const token = state.waitsForToken ? newToken(run.header.executionArn, path, steps, attempt) : null;
  const bindings = bindingsOf(step, { token });
  const args = checkPayload(await evaluateOr(state.arguments, bindings, position.input), 'input of the task');
  const timeout = await evaluateNumber(state.timeoutSeconds, bindings, 1);
  const heartbeat = await evaluateNumber(state.heartbeatSeconds, bindings, 1);
  commit(step, {
    type: 'scheduled',
    scope: path,
    resource: state.resource,
    arguments: args,
    token,
    timeoutAt: timeout === null ? null : Date.now() + (token === null ? run.toWorkMs(timeout) : run.toMs(timeout)),
    heartbeatMs: heartbeat === null ? null : run.toMs(heartbeat),
    timeoutSeconds: timeout,
    heartbeatSeconds: heartbeat,
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
  const items = state.items ?? constantTemplate(position.input, 'Items');
  const inputs = checkPayload(await items.evaluate(bindings), 'list of items');
  if (!Array.isArray(inputs)) throw wrongType(items, 'array', inputs);
  const limit = await evaluateNumber(state.maxConcurrency, bindings, 0);
  commit(step, { type: 'forked', scope: position.path, kind: 'Map', inputs, concurrency: limit || inputs.length });
}
