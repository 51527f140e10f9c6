import type { Cancellation } from './cancellation.ts';
import type { StateMachine, TaskContext } from './contract.ts';
import type { Outcome, State } from './definition.ts';
import type { Header, ScopeEntry } from './entries.ts';
import { StateFailure } from './faults.ts';
import { checkPayload, type Json, type JsonObject, jsonBytes, VARIABLES_LIMIT_BYTES } from './json.ts';
import type { Position } from './position.ts';
import type { Bindings, Template } from './template.ts';

/** What the interpreter needs of the execution it runs in. */
export interface Run {
  readonly header: Header;
  readonly machine: StateMachine;
  /** Records a transition; it is in the journal when this returns. @throws Halted when the execution stands still */
  commit(entry: ScopeEntry): void;
  callTask(resource: string, args: Json, context: TaskContext): Promise<unknown>;
  /** Calls `wake` when somebody answers the scope's task token; returns how to forget it. */
  onAnswer(scope: string, wake: () => void): () => void;
  /** Real milliseconds for seconds of the definition. */
  toMs(seconds: number): number;
  /** Of a timeout for work; see `workTimeScale`. */
  toWorkMs(seconds: number): number;
}

/** One state of one scope, being worked on. */
export interface Step<S extends State = State> {
  readonly run: Run;
  readonly position: Position;
  readonly state: S;
  readonly cancellation: Cancellation;
}

/** Records a transition unless the work was called off meanwhile. */
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
      RetryCount: position.attempt,
    },
    ...(token === null ? {} : { Task: { Token: token } }),
    ...(item?.item === undefined ? {} : { Map: { Item: { Index: item.index, Value: item.item } } }),
  };
}

function nearestItem(position: Position | null): Position | null {
  if (position === null || position.item !== undefined) return position;
  return nearestItem(position.outer);
}

/** Variables of this scope and of those around it; names never clash (checked in the definition). */
function variablesInScope(position: Position): Bindings {
  const bindings: Bindings = position.outer ? variablesInScope(position.outer) : Object.create(null);
  for (const [name, value] of position.variables) bindings[name] = value;
  return bindings;
}

export interface Visible {
  readonly result?: Json;
  readonly errorOutput?: Json;
  /** The token of an attempt not recorded yet. */
  readonly token?: string | null;
  /** The iteration about to begin, for ItemSelector. */
  readonly item?: Position;
}

/** What the expressions of a state can see. */
export function bindingsOf(step: Step, visible: Visible = {}): Bindings {
  const { token = step.position.token, item = nearestItem(step.position), ...rest } = visible;
  const states = { input: step.position.input, ...rest, context: contextOf(step, token, item) };
  return Object.assign(variablesInScope(step.position), { states });
}

/** Evaluates a field, or takes the fallback when it is not written. */
export async function evaluateOr(template: Template | null, bindings: Bindings, fallback: Json): Promise<Json> {
  return template ? template.evaluate(bindings) : fallback;
}

/** @throws StateFailure `States.QueryEvaluationError` when a field that must be a number is not one */
export async function evaluateNumber(
  template: Template | null,
  bindings: Bindings,
  field: string,
  min: number,
): Promise<number | null> {
  if (!template) return null;
  const value = await template.evaluate(bindings);
  if (typeof value === 'number' && Number.isInteger(value) && value >= min) return value;
  throw wrongType(field, `an integer of at least ${min}`, value);
}

export function wrongType(field: string, wanted: string, value: Json): StateFailure {
  const shown = JSON.stringify(value).slice(0, 100);
  return new StateFailure('States.QueryEvaluationError', `${field} must be ${wanted}, not ${shown}`);
}

/** Ends the state: Output and Assign are evaluated against the same, old values, then recorded together. */
export async function leave(
  step: Step,
  outcome: Outcome,
  next: string | null,
  visible: Visible,
  fallback: Json,
): Promise<void> {
  const bindings = bindingsOf(step, visible);
  const [output, assign] = await Promise.all([
    evaluateOr(outcome.output, bindings, fallback),
    outcome.assign ? (outcome.assign.evaluate(bindings) as Promise<JsonObject>) : undefined,
  ]);
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
