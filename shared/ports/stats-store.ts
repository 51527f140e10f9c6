export interface RunOutcome {
  readonly runId: number;
  readonly runAttempt: number;
  readonly conclusion: string;
  readonly onDefaultBranch: boolean;
  readonly at: string;
}

/** Baselines: the last ten outcomes of each workflow. */
export interface StatsStore {
  /** Newest (`at`) first, at most ten. `scope` is `<repository>#<workflowId>`. */
  recentRuns(scope: string): Promise<RunOutcome[]>;
  /** Adds one outcome, once per run and attempt. */
  addRun(scope: string, outcome: RunOutcome): Promise<void>;
}
