import type { FinishedRun } from '#shared/domain/failure/history/known-runs.ts';

export type RunOutcome = FinishedRun;

/** Baselines: the last outcomes of each workflow. */
export interface StatsStore {
  /** Newest (`at`) first, at most ten or as many as asked for (50). `scope` is `<repository>#<workflowId>`. */
  recentRuns(scope: string, most?: number): Promise<RunOutcome[]>;
  /** Adds one outcome, once per run and attempt. */
  addRun(scope: string, outcome: RunOutcome): Promise<void>;
}
