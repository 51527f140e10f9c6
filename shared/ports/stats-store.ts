export interface RunOutcome {
  readonly runId: number;
  readonly runAttempt: number;
  readonly conclusion: string;
  readonly onDefaultBranch: boolean;
  readonly at: string;
  /** Missing of runs that were recorded before it was. */
  readonly headSha?: string | undefined;
}

/** Baselines: the last outcomes of each workflow. */
export interface StatsStore {
  /** Newest (`at`) first, at most ten or as many as asked for (50). `scope` is `<repository>#<workflowId>`. */
  recentRuns(scope: string, most?: number): Promise<RunOutcome[]>;
  /** Adds one outcome, once per run and attempt. */
  addRun(scope: string, outcome: RunOutcome): Promise<void>;
}
