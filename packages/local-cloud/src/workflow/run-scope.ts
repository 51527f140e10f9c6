import { setImmediate as nextTurn } from 'node:timers/promises';
import { beginState } from './begin-state.ts';
import { Cancellation } from './cancellation.ts';
import type { MapState, ParallelState, Retrier, Scope, State } from './definition.ts';
import { matchesError, retryDelaySeconds } from './error-matching.ts';
import { shownError } from './events.ts';
import { ScopeFailure, StateFailure } from './faults.ts';
import { checkPayload, type Json } from './json.ts';
import { limitCause, performTask } from './perform-task.ts';
import type { Phase, Position } from './position.ts';
import { bindingsOf, commit, leave, type Run, type Step } from './step.ts';
import { sleepUntil } from './timers.ts';

/** After this many steps other work gets its turn, even if the machine never waits. */
const STEPS_PER_TURN = 64;

/**
 * Runs a scope from its current position to its end. The next action depends only on the position, and only recorded entries change
 * the position, so running and resuming are the same.
 * @throws ScopeFailure when no state handles an error, Halted when the work is cancelled
 */
export async function runScope(run: Run, scope: Scope, position: Position, cancellation: Cancellation): Promise<Json> {
  for (let turn = 1; position.phase.kind !== 'finished'; turn += 1) {
    cancellation.check();
    if (turn % STEPS_PER_TURN === 0) await nextTurn();
    const step = currentStep(run, scope, position, cancellation);
    try {
      await advance(step, position.phase);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      recordFailure(step, error);
    }
  }
  return position.phase.output;
}

/** Records a failure in a catcher or of the engine itself as final: Retry and Catch of the state do not apply. */
function recordFailure(step: Step, { error, cause, location }: StateFailure): void {
  const { position, state } = step;
  const isFinal = position.phase.kind === 'failed';
  commit(step, {
    type: 'failed',
    scope: position.path,
    error,
    cause: limitCause(`${whereOf(step)}${cause}`),
    ...(location === undefined ? {} : { location }),
    ...(isFinal ? { isFinal } : retriedOf(state, position, error)),
  });
}

/** The beginning of causes for errors that the interpreter finds, in AWS's words. */
function whereOf({ state, position }: Step): string {
  return `An error occurred while executing the state '${state.name}' (entered at the event id #${position.enteredEvent}). `;
}

/** Marks the failure of a Map or Parallel that will be retried, which its history shows. */
function retriedOf(state: State, position: Position, error: string): { retried?: true } {
  const hasInner = state.type === 'Map' || state.type === 'Parallel';
  return hasInner && nextRetrier(state, position, error) !== null ? { retried: true } : {};
}

/** The retrier that matches an error, unless its attempts are used up. */
function nextRetrier(state: State, position: Position, error: string): { index: number; retrier: Retrier } | null {
  const retriers = 'retriers' in state ? state.retriers : [];
  const index = retriers.findIndex((one) => matchesError(one.errorEquals, error));
  const retrier = retriers[index];
  return retrier && (position.retries.get(index) ?? 0) < retrier.maxAttempts ? { index, retrier } : null;
}

function currentStep(run: Run, scope: Scope, position: Position, cancellation: Cancellation): Step {
  const name = position.state ?? scope.startAt;
  const state = scope.states.get(name);
  if (!state) throw new ScopeFailure('States.Runtime', `There is no state "${name}".`);
  return { run, position, state, cancellation };
}

async function advance(step: Step, phase: Phase): Promise<void> {
  const { state, position } = step;
  switch (phase.kind) {
    case 'arriving':
      return enter(step);
    case 'ready':
      return beginState(step);
    case 'task':
      return performTask(step, phase);
    case 'waiting':
      await sleepUntil(phase.until, step.cancellation);
      return leave(step, state, state.next, {}, position.input);
    case 'forked':
      return join(step, phase);
    case 'succeeded':
      return leave(step, state, state.next, { result: phase.result }, phase.result);
    case 'failed':
      return recover(step, phase);
    case 'retrying':
      await sleepUntil(phase.until, step.cancellation);
      return beginState(step);
    case 'finished':
      return;
    default:
      phase satisfies never;
  }
}

async function enter(step: Step): Promise<void> {
  const { position, state } = step;
  const isFirstOfInner = position.outer !== null && position.steps === 0;
  commit(step, {
    type: 'entered',
    scope: position.path,
    state: state.name,
    stateType: state.type,
    ...(isFirstOfInner ? { input: position.input } : {}),
  });
}

/** Runs the remaining branches or iterations; the first failure cancels the others. */
async function join(step: Step, phase: Extract<Phase, { kind: 'forked' }>): Promise<void> {
  const inner = new Cancellation();
  const forget = step.cancellation.onCancel(() => inner.cancel());
  const waiting = phase.children.filter((child) => child.phase.kind !== 'finished').values();
  const work = async () => {
    for (const child of waiting) await runInner(step, child, inner);
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, phase.concurrency) }, work));
  } catch (error) {
    inner.cancel();
    if (!(error instanceof ScopeFailure)) throw error;
    return recordInnerFailure(step, error);
  } finally {
    forget();
  }
  const outputs = phase.children.map((child) => (child.phase.kind === 'finished' ? child.phase.output : null));
  commit(step, {
    type: 'succeeded',
    scope: step.position.path,
    output: checkPayload(outputs, 'output of the branches'),
  });
}

/** Records that the state failed with the error of its branch or iteration. */
function recordInnerFailure(step: Step, { error, cause, scope: from }: ScopeFailure): void {
  const { position, state } = step;
  commit(step, {
    type: 'failed',
    scope: position.path,
    error,
    cause,
    ...(from === undefined ? {} : { from }),
    ...retriedOf(state, position, error),
  });
}

async function runInner(step: Step, child: Position, cancellation: Cancellation): Promise<void> {
  const state = step.state as ParallelState | MapState;
  const scope = state.type === 'Map' ? state.processor : state.branches[child.index];
  if (!scope) throw new ScopeFailure('States.Runtime', `State "${state.name}" has no branch ${child.index}.`);
  if (state.type === 'Map' && state.itemSelector && child.steps === 0) {
    child.input = await selectItem({ ...step, state }, child);
  }
  try {
    await runScope(step.run, scope, child, cancellation);
  } catch (error) {
    if (error instanceof ScopeFailure) throw new ScopeFailure(error.error, error.cause, child.path);
    throw error;
  }
}

/** The selected input is fixed when the iteration's first entry records it; until then it is selected again. */
async function selectItem(step: Step<MapState>, child: Position): Promise<Json> {
  const selector = step.state.itemSelector;
  if (!selector) return child.input;
  return checkPayload(await selector.evaluate(bindingsOf(step, { item: child })), 'input of the iteration');
}

/** Retries, catches, or passes the error to the caller of this scope. */
async function recover(step: Step, phase: Extract<Phase, { kind: 'failed' }>): Promise<void> {
  const { state, position, run } = step;
  const { error, cause } = phase;
  if (phase.isFinal) throw new ScopeFailure(error, cause);
  const next = nextRetrier(state, position, error);
  if (next) {
    const delay = retryDelaySeconds(next.retrier, position.retries.get(next.index) ?? 0, Math.random);
    const until = Date.now() + run.toMs(delay);
    return commit(step, { type: 'retrying', scope: position.path, retrier: next.index, until });
  }
  const catcher = 'catchers' in state ? state.catchers.find((one) => matchesError(one.errorEquals, error)) : undefined;
  if (!catcher) throw new ScopeFailure(error, cause);
  const errorOutput = { Error: shownError(error), Cause: cause };
  return leave(step, catcher, catcher.next, { errorOutput }, errorOutput);
}
