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

/** What a task may know beside its arguments. */
export interface TaskContext {
  readonly executionArn: string;
  readonly executionName: string;
  readonly state: string;
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** The same for every run of one attempt of one state, also after a restart. */
  readonly attemptId: string;
  /** Set when the state waits for a task token; the call's own result then only means "handed over". */
  readonly taskToken: string | null;
  /** Aborted on a timeout, on StopExecution and on stop(). */
  readonly signal: AbortSignal;
}

/**
 * Performs a task. `resource` is the definition's without the suffix `.waitForTaskToken`.
 * A thrown object's `name` becomes the error that Retry and Catch match, and its `message` the cause.
 */
export type RunTask = (machine: StateMachine, resource: string, args: Json, context: TaskContext) => Promise<unknown>;

export type WorkflowEventType =
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

/** Something to show in the terminal. `at` is in epoch milliseconds. */
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
  /** Folder of the journals; made when missing. One process at a time may use it. */
  readonly dataDir: string;
  readonly machines: readonly StateMachine[];
  readonly runTask: RunTask;
  readonly onEvent: (event: WorkflowEvent) => void;
  /** Real seconds per second of the definition: 0.01 runs waits, retries and timeouts a hundred times faster. */
  readonly timeScale?: number;
  /** The same for the timeouts of tasks that work instead of waiting for a token; `timeScale` when left out. */
  readonly workTimeScale?: number;
}

export type ExecutionStatus = 'RUNNING' | FinalStatus;

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
   * @throws ApiFault whose `name` is the AWS error name
   */
  handle(operation: string, body: unknown): Promise<unknown>;
  /** Continues every execution that was running when the last process ended. */
  resume(): Promise<void>;
  /** All executions, newest first. */
  list(): ExecutionSummary[];
  /** Stands still without ending anything: `resume()` of the next process goes on. */
  stop(): Promise<void>;
}
