import type { Template } from './template.ts';

/** A compiled machine, branch or iteration: its states share variables and can follow each other. */
export interface Scope {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A compiled state machine. */
export interface Machine extends Scope {
  readonly timeoutSeconds: number | null;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxAttempts: number;
  readonly maxDelaySeconds: number | null;
  readonly fullJitter: boolean;
}

/** Assign and Output of a state; null when the definition has none. */
export interface Outcome {
  readonly assign: Template | null;
  readonly output: Template | null;
}

export interface Catcher extends Outcome {
  readonly errorEquals: readonly string[];
  readonly next: string;
}

export interface ChoiceRule extends Outcome {
  readonly condition: Template;
  readonly next: string;
}

interface Common extends Outcome {
  readonly name: string;
  /** The next state, or null at an end. */
  readonly next: string | null;
}

interface Guarded extends Common {
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
}

export interface TaskState extends Guarded {
  readonly type: 'Task';
  /** Without the suffix `.waitForTaskToken`. */
  readonly resource: string;
  readonly waitsForToken: boolean;
  readonly arguments: Template | null;
  readonly timeoutSeconds: Template | null;
  readonly heartbeatSeconds: Template | null;
}

export interface ParallelState extends Guarded {
  readonly type: 'Parallel';
  readonly arguments: Template | null;
  readonly branches: readonly Scope[];
}

export interface MapState extends Guarded {
  readonly type: 'Map';
  readonly items: Template | null;
  readonly itemSelector: Template | null;
  readonly maxConcurrency: Template | null;
  readonly processor: Scope;
}

export interface ChoiceState extends Common {
  readonly type: 'Choice';
  readonly rules: readonly ChoiceRule[];
  readonly otherwise: string | null;
}

export interface WaitState extends Common {
  readonly type: 'Wait';
  readonly seconds: Template | null;
  readonly timestamp: Template | null;
}

export interface FailState extends Common {
  readonly type: 'Fail';
  readonly error: Template | null;
  readonly cause: Template | null;
}

interface PlainState extends Common {
  readonly type: 'Pass' | 'Succeed';
}

export type State = TaskState | ParallelState | MapState | ChoiceState | WaitState | FailState | PlainState;
