import type { RawText } from '@selfheal/kernel/text/raw-text.ts';

/** A build of CodeBuild as CodeBuild describes it. */
export interface ProjectBuild {
  /** `checkout-images:5e1f4ea1-0000-4000-8000-000000000001`. */
  readonly id: string;
  readonly project: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'IN_PROGRESS' | 'STOPPED';
  readonly startedAt: Date;
  /** Who started it, as CodeBuild names them: `codepipeline/shop-release` for a pipeline. Tainted. */
  readonly initiator: string;
  /** What it built: the source version, the commit that it was where CodeBuild resolved one, and the variables. Equal for builds of the same. */
  readonly built: string;
  readonly isPartOfBatch: boolean;
  /** Null: it writes none, or has not begun to. */
  readonly log: { readonly group: string; readonly stream: string } | null;
}

/** One run of an action of a pipeline's stage. */
export interface PipelineAction {
  readonly stage: string;
  readonly action: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  readonly startedAt: Date;
  /** A person gives it or refuses it. */
  readonly isApproval: boolean;
  /** `CodeBuild`, `CloudFormation` ... */
  readonly provider: string;
  /** Of an action of CodeBuild: the id of its build. */
  readonly externalId: string | null;
  /** What the action says of its end, in its own words; null without any. Tainted. */
  readonly summary: RawText | null;
}

export interface StageState {
  readonly execution: string;
  readonly status: string;
}

/** Reads builds of AWS. Throws `Retryable` or `Refused` like every cloud port. */
export interface BuildReader {
  /** Null when it was deleted. */
  build(id: string): Promise<ProjectBuild | null>;
  /** The newest builds of a project, newest first, at most 100. */
  latestBuilds(project: string): Promise<readonly ProjectBuild[]>;
  /** Every run of an action of one execution, newest first. */
  actionsOf(pipeline: string, execution: string): Promise<readonly PipelineAction[]>;
  /** The execution that was last in a stage, and how it is there; null: the pipeline has no such stage. */
  stageState(pipeline: string, stage: string): Promise<StageState | null>;
  /** The end of a build's log, oldest line first, at most `maxLines`. */
  logOf(log: NonNullable<ProjectBuild['log']>, maxLines: number): Promise<readonly RawText[]>;
}

/** Retries builds of AWS. Throws `OutcomeUnknown` when the answer was lost. */
export interface BuildRetrier {
  /** Starts a build again with its parameters; gives the id of the new one. `token`: equal for repeats of one request, which start one build within five minutes. */
  retryBuild(id: string, token: string): Promise<string>;
  /** Runs the failed actions of a stage again, within the same execution. Refused while it runs, and once a later execution has failed there. */
  retryStage(stage: { readonly pipeline: string; readonly execution: string; readonly stage: string }): Promise<void>;
}
