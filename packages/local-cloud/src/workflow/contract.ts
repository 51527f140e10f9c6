import type { FinalStatus } from './entries.ts';
import type { Json } from './json.ts';

/** A state machine as the template describes it. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  /** Amazon States Language: the object, or its JSON text. */
  readonly definition: unknown;
  readonly aliases: readonly { readonly arn: string }[];
  readonly versions: readonly { readonly arn: string }[];
}

/** What a task gets in addition to its arguments. */
export interface TaskContext {
  readonly executionArn: string;
  readonly executionName: string;
  readonly state: string;
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** Identifies one attempt of one state; the same after a restart. */
  readonly attemptId: string;
  /** Set when the state waits for a task token; then the call's own result only means that the token was passed on. */
  readonly taskToken: string | null;
  /** Aborted on a timeout, on StopExecution and on stop(). */
  readonly signal: AbortSignal;
}

/**
 * Runs a task. `resource` is the definition's, without the suffix `.waitForTaskToken`.
 * Retry and Catch match the `name` of a thrown object; its `message` becomes the cause.
 */
type RunTask = (machine: StateMachine, resource: string, args: Json, context: TaskContext) => Promise<unknown>;

type WorkflowEventType =
  | 'ExecutionStarted'
  | 'ExecutionResumed'
  | 'StateEntered'
  | 'TaskScheduled'
  | 'TaskSubmitted'
  | 'TaskSucceeded'
  | 'TaskFailed'
  | 'TaskTimedOut'
  | 'TaskRetried'
  | 'StateExited'
  | 'ExecutionSucceeded'
  | 'ExecutionFailed'
  | 'ExecutionTimedOut'
  | 'ExecutionAborted'
  /** The journal could not be written; the execution stands still until a restart. */
  | 'ExecutionHalted';

/** A workflow event for the terminal. `at` is in epoch milliseconds. */
export interface WorkflowEvent {
  readonly executionArn: string;
  readonly name: string;
  readonly machineName: string;
  readonly type: WorkflowEventType;
  readonly state?: string;
  readonly at: number;
  readonly detail?: Json;
}

export interface StepFunctionsOptions {
  /** Folder of the journals, created when missing; one process at a time may use it. */
  readonly dataDir: string;
  readonly machines: readonly StateMachine[];
  readonly runTask: RunTask;
  readonly onEvent: (event: WorkflowEvent) => void;
  /** Real seconds per second of the definition: 0.01 makes waits, retries and timeouts a hundred times shorter. */
  readonly timeScale?: number;
  /** The same for timeouts of tasks that work instead of waiting for a token; defaults to `timeScale`. */
  readonly workTimeScale?: number;
}

type ExecutionStatus = 'RUNNING' | FinalStatus;

/** Times are epoch milliseconds. */
export interface ExecutionSummary {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly machineName: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly stoppedAt: number | null;
  readonly error: string | null;
}

export interface StepFunctions {
  /**
   * Answers one call of the Step Functions API (AWS JSON 1.0; times are epoch seconds).
   * @throws ApiFault with the AWS error name
   */
  handle(operation: string, body: unknown): Promise<unknown>;
  /** Continues every execution that was running when the last process ended. */
  resume(): Promise<void>;
  /** All executions, newest first. */
  list(): ExecutionSummary[];
  /** Halts all executions without ending them; `resume()` of the next process continues them. */
  stop(): Promise<void>;
}
