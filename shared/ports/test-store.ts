import type { FinishedRun } from '@selfheal/diagnosis/failure/history/known-runs.ts';
import type { TestRecord } from '@selfheal/diagnosis/failure/history/test-record.ts';
import type { TestQuarantine } from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import type { RunBaseline } from '@selfheal/pull-request-quality/domain/gates/run-baseline.ts';
import type { DefaultBranch } from '#shared/domain/access/workflow-run-caller.ts';

/** Records of a repository's tests that failed at least once; evicts those that failed longest ago. */
export interface TestStore {
  /** The known records of these tests, in any order. At most 50 keys. */
  testRecords(repository: string, keys: readonly string[]): Promise<TestRecord[]>;
  /**
   * Changes records, several at once, and returns them as they are now, in any order. `change` is pure: it is called again
   * when somebody else wrote first. Throws `Retryable` when that keeps happening.
   */
  changeTests(
    repository: string,
    keys: readonly string[],
    change: (key: string, known: TestRecord | null) => TestRecord,
  ): Promise<TestRecord[]>;
  /** Repositories with a test that failed, those whose tests failed latest first; at most 500 are looked at. */
  testedRepositories(): Promise<TestedRepository[]>;
  /** All records of a repository, in any order. */
  allTests(repository: string): Promise<TestRecord[]>;
  /** The newest quarantine of each test of a repository that had one, in any order; at most 500. */
  quarantines(repository: string): Promise<TestQuarantine[]>;
  /** Null when the test never was in quarantine. */
  quarantine(repository: string, testKey: string): Promise<TestQuarantine | null>;
  /** Replaces the previous revision, 0 for none; `changed-meanwhile` when somebody else did. */
  putQuarantine(repository: string, quarantine: TestQuarantine): Promise<'written' | 'changed-meanwhile'>;
}

/** `key` as from `repositoryKeyOf`; `at`: when one of its tests last failed. */
interface TestedRepository {
  readonly key: string;
  readonly at: string;
}

export type RunOutcome = FinishedRun;

/** Baselines: the latest outcomes of each workflow. */
export interface StatsStore {
  /** Newest (`at`) first, at most ten or as many as asked for (50). `scope` is `<repository>#<workflowId>`. */
  recentRuns(scope: string, most?: number): Promise<RunOutcome[]>;
  /** Adds one outcome, once per run and attempt. */
  addRun(scope: string, outcome: RunOutcome): Promise<void>;
  /** By GitHub's id of the repository. */
  keepDefaultBranch(repositoryId: number, known: DefaultBranch): Promise<void>;
  /** What the quality gates measured on the default branch, by `owner/name`; replaces the earlier one. */
  keepRunBaseline(repository: string, baseline: RunBaseline): Promise<void>;
  /** Null before the first. */
  runBaseline(repository: string): Promise<RunBaseline | null>;
  /** Null while no webhook told it. */
  defaultBranch(repositoryId: string): Promise<DefaultBranch | null>;
}
