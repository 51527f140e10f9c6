/** Combined report of the test runners in a log. */
export interface TestRun {
  /** Runners that reported, in order of first appearance (`surefire`, `pytest`). */
  readonly frameworks: readonly string[];
  /** Tests that ran: passed or failed. */
  readonly run: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names as the runner prints them, each once, in order of appearance; at most 10,000. Tainted. */
  readonly failedNames: readonly string[];
}

/** Counts of one summary line. */
export interface TestCounts {
  readonly run: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Finding of a reader in one line. */
export type TestFinding =
  | { readonly kind: 'counts'; readonly counts: TestCounts }
  | { readonly kind: 'name'; readonly name: string };

/** Reads the lines of one test runner. May keep state between lines; lines are cleaned and in order. */
export interface TestReader {
  readonly framework: string;
  /** Cheap check whether a line may matter at all. */
  readonly hint: RegExp;
  read(line: string): TestFinding[];
  /** Findings that are only known at the end of the log. */
  finish?(): TestFinding[];
}

/** The number of a captured group; 0 when it is missing. */
export function count(text: string | undefined): number {
  return text === undefined ? 0 : Number(text);
}
