import type { Clock } from '@selfheal/kernel/time.ts';
import type { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import type { QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import type { DecidingFiles } from '#apps/workbench/input/base-files.ts';
import type { ActionInputs, FailOn } from './inputs.ts';
import type { JobContext } from './job-context.ts';
import type { Annotation, Environment } from './runner.ts';

export interface TaskInput {
  readonly inputs: ActionInputs;
  readonly job: JobContext;
  readonly environment: Environment;
  /** What is remembered between runs; connected when it is first asked for. */
  readonly state: () => Promise<QualityState>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Settings and code owners, of a proposal as its base has them. */
  readonly decidingFiles: DecidingFiles;
  /** For the log of the step. */
  readonly say: (text: string) => void;
}

export interface TaskOutcome {
  readonly status: JobResult['status'];
  /** One sentence. */
  readonly summary: JobResult['summary'];
  readonly facts?: JobResult['facts'];
  /** The kinds of bad news among the facts. */
  readonly bad?: readonly FailOn[];
  /** Outputs of the step. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** For the summary of the job; status and summary when absent, nothing when empty. */
  readonly markdown?: string;
  readonly annotations?: readonly Annotation[];
}

/** One task of the Action: it translates inputs and outputs, a use case does the work. */
export interface Task {
  /** Whether its result is kept for `feedback`; absent: yes. */
  readonly keepsResult?: boolean;
  readonly run: (input: TaskInput) => Promise<TaskOutcome>;
}
