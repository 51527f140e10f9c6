import type { FinishedRun } from '#shared/domain/failure/history/known-runs.ts';
import type { TestRecord } from '#shared/domain/failure/history/test-record.ts';

/** Records of a repository's tests that failed at least once; evicts those that failed longest ago. */
export interface TestStore {
  /** The known records of these tests, in any order. At most 50 keys. */
  testRecords(repository: string, keys: readonly string[]): Promise<TestRecord[]>;
  /**
   * Changes records, several at once. `change` is pure: it is called again when somebody else wrote first. Throws
   * `Retryable` when that keeps happening.
   */
  changeTests(
    repository: string,
    keys: readonly string[],
    change: (key: string, known: TestRecord | null) => TestRecord,
  ): Promise<void>;
}

export type RunOutcome = FinishedRun;

/** Baselines: the latest outcomes of each workflow. */
export interface StatsStore {
  /** Newest (`at`) first, at most ten or as many as asked for (50). `scope` is `<repository>#<workflowId>`. */
  recentRuns(scope: string, most?: number): Promise<RunOutcome[]>;
  /** Adds one outcome, once per run and attempt. */
  addRun(scope: string, outcome: RunOutcome): Promise<void>;
}
