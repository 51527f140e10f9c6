import type { Cancellation } from './cancellation.ts';
import type { StateMachine, TaskContext } from './contract.ts';
import type { Outcome, State } from './definition.ts';
import type { Header, ScopeEntry } from './entries.ts';
import { StateFailure } from './faults.ts';
import { checkPayload, type Json, type JsonObject, jsonBytes, VARIABLES_LIMIT_BYTES } from './json.ts';
import type { Position } from './position.ts';
import type { Bindings, Template } from './template.ts';

/** What the interpreter needs of an execution. */
export interface Run {
  readonly header: Header;
  readonly machine: StateMachine;
  /** Records a transition; it is in the journal when this returns. @throws Halted when the execution is halted */
  commit(entry: ScopeEntry): void;
  callTask(resource: string, args: Json, context: TaskContext): Promise<unknown>;
  /** Calls `wake` when the scope's task token is answered; returns a function that unsubscribes. */
  onAnswer(scope: string, wake: () => void): () => void;
  /** Converts seconds of the definition to real milliseconds. */
  toMs(seconds: number): number;
  /** The same for timeouts of work; see `workTimeScale`. */
  toWorkMs(seconds: number): number;
}

/** One state of one scope in progress. */
export interface Step<S extends State = State> {
  readonly run: Run;
  readonly position: Position;
  readonly state: S;
  readonly cancellation: Cancellation;
}

/** Records a transition unless the work was cancelled meanwhile. */
export function commit(step: Step, entry: ScopeEntry): void {
  step.cancellation.check();
  step.run.commit(entry);
}

/** The context object, `$states.context`. */
function contextOf({ run, position, state }: Step, token: string | null, item: Position | null): JsonObject {
  const { header, machine } = run;
  return {
    Execution: {
      Id: header.executionArn,
      Input: header.input,
      Name: header.name,
      RoleArn: header.roleArn,
      StartTime: new Date(header.startedAt).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
    State: {
      EnteredTime: new Date(position.enteredAt).toISOString(),
      Name: state.name,
      ...('retriers' in state ? { RetryCount: position.attempt } : {}),
    },
    ...(token === null ? {} : { Task: { Token: token } }),
    ...(item?.item === undefined ? {} : { Map: { Item: { Index: item.index, Value: item.item } } }),
  };
}

function nearestItem(position: Position | null): Position | null {
  if (position === null || position.item !== undefined) return position;
  return nearestItem(position.outer);
}

/** Variables of this scope and the outer ones; names never clash (checked in the definition). */
function variablesInScope(position: Position): Bindings {
  const bindings: Bindings = position.outer ? variablesInScope(position.outer) : Object.create(null);
  for (const [name, value] of position.variables) bindings[name] = value;
  return bindings;
}

export interface Visible {
  readonly result?: Json;
  readonly errorOutput?: Json;
  /** The token of an attempt that is not recorded yet. */
  readonly token?: string | null;
  /** The iteration that is about to begin, for ItemSelector. */
  readonly item?: Position;
}

/** Values that a state's expressions may use. */
export function bindingsOf(step: Step, visible: Visible = {}): Bindings {
  const { token = step.position.token, item = nearestItem(step.position), ...rest } = visible;
  const states = { input: step.position.input, ...rest, context: contextOf(step, token, item) };
  return Object.assign(variablesInScope(step.position), { states });
}

/** Evaluates a field; returns the fallback when the field is missing. */
export async function evaluateOr(template: Template | null, bindings: Bindings, fallback: Json): Promise<Json> {
  return template ? template.evaluate(bindings) : fallback;
}

/** @throws StateFailure `States.QueryEvaluationError` when the result is not a number */
export async function evaluateNumber(
  template: Template | null,
  bindings: Bindings,
  min: number,
): Promise<number | null> {
  if (!template) return null;
  const value = await template.evaluate(bindings);
  if (typeof value !== 'number') throw wrongType(template, 'number', value);
  if (Number.isInteger(value) && value >= min) return value;
  throw template.failure(`returned ${value}, which is not an integer of at least ${min}`);
}

/** A failure that states the expected type and the actual value, in AWS's words. */
export function wrongType(template: Template, wanted: string, value: Json): StateFailure {
  const was = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const shown = JSON.stringify(value).slice(0, 100);
  const problem = `returned an unexpected result type. Expected '${wanted}', but was '${was}' for value: ${shown}`;
  return template.failure(problem);
}

/** Ends the state. Output and Assign are evaluated against the same old values, then recorded together. */
export async function leave(
  step: Step,
  outcome: Outcome,
  next: string | null,
  visible: Visible,
  fallback: Json,
): Promise<void> {
  const bindings = bindingsOf(step, visible);
  const assign = (await outcome.assign?.evaluate(bindings)) as JsonObject | undefined;
  const output = await evaluateOr(outcome.output, bindings, fallback);
  checkPayload(output, 'output of the state');
  if (assign) checkVariables(step.position, assign);
  commit(step, { type: 'exited', scope: step.position.path, output, next, ...(assign ? { assign } : {}) });
}

function checkVariables(position: Position, assign: JsonObject): void {
  checkPayload(assign, 'total of the assigned variables');
  const after = { ...variablesInScope(position), ...assign } as JsonObject;
  if (jsonBytes(after) > VARIABLES_LIMIT_BYTES) {
    throw new StateFailure('States.DataLimitExceeded', `The variables exceed ${VARIABLES_LIMIT_BYTES} bytes in total.`);
  }
}
