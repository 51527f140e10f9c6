import { shortCommit } from '@selfheal/kernel/digest.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { type TestRecord, type TestResult, testKeyOf, unknownTest, withResults } from './test-record.ts';

/** A finished run of a workflow as recorded. */
export interface FinishedRun {
  readonly runId: number;
  readonly runAttempt: number;
  readonly conclusion: string;
  readonly onDefaultBranch: boolean;
  readonly at: string;
  /** Absent for runs that were recorded before this field existed. */
  readonly headSha?: string | undefined;
}

/**
 * The record with the runs of its workflow that ended after the test's first failure: where a run passed, the test did.
 * A failed run's result for the test is only in that run's log.
 */
export function withRuns(record: TestRecord, runs: readonly FinishedRun[]): TestRecord {
  const passed = runs.filter(({ conclusion, at }) => conclusion === 'success' && at > record.firstAt);
  const results = passed.flatMap(({ runId, runAttempt, onDefaultBranch, headSha }): TestResult[] =>
    headSha === undefined
      ? []
      : [{ runId, attempt: runAttempt, passed: true, commit: shortCommit(headSha), onDefaultBranch }],
  );
  return withResults(record, results, record.lastAt);
}

/** A test that just failed: its failure, and its success where a re-run passed. */
export interface SeenTest {
  readonly name: RedactedText;
  readonly at: string;
  readonly results: readonly TestResult[];
  readonly runs: readonly FinishedRun[];
}

/** The record of a test after it failed again, or for the first time. */
export function afterFailure(known: TestRecord | null, { name, at, results, runs }: SeenTest): TestRecord {
  const record = known ?? unknownTest(name, at);
  return withRuns(withResults(record, results, at), runs);
}

/** The tests by their key, each once. */
export function testsByKey<T extends string>(names: readonly T[]): Map<string, T> {
  return new Map(names.map((name) => [testKeyOf(name), name]));
}
