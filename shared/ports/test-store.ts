import type { TestRecord } from '#shared/domain/failure/history/test-record.ts';

/** Records of the tests of a repository that failed at least once; those that failed longest ago are forgotten first. */
export interface TestStore {
  /** Those of the tests that are known, in any order. At most 50 keys. */
  testRecords(repository: string, keys: readonly string[]): Promise<TestRecord[]>;
  /**
   * Changes records, each at once with its neighbours. `change` is pure: it is called again when somebody else was faster. Throws
   * `Retryable` when that happens again and again.
   */
  changeTests(
    repository: string,
    keys: readonly string[],
    change: (key: string, known: TestRecord | null) => TestRecord,
  ): Promise<void>;
}
