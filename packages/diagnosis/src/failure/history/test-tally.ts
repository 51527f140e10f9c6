import type { TestOutcomes } from '@selfheal/kernel/numbers/flakiness.ts';

/** Collects the results of one test, oldest first; memory is bounded. */
export interface TestTally {
  /** One result; `commit` is null when unknown. */
  add(passed: boolean, commit: string | null): void;
  /** Results of which only the number is known. */
  addCounts(passes: number, failures: number): void;
  outcomes(): TestOutcomes;
}

/** Number of results whose order is stored, and of commits whose results are. */
const MAX_RESULTS = 1_000;
const MAX_COMMITS = 64;

/** Results on one commit. */
interface OnCommit {
  passed: boolean;
  failed: boolean;
}

export function makeTestTally(): TestTally {
  let runs = 0;
  let failures = 0;
  let flips = 0;
  let commitsKnown = false;
  let newest: boolean[] = [];
  const commits = new Map<string, OnCommit>();
  const see = (commit: string, passed: boolean): void => {
    commitsKnown = true;
    const seen = commits.get(commit) ?? { passed: false, failed: false };
    const flipped = seen.passed && seen.failed;
    if (passed) seen.passed = true;
    else seen.failed = true;
    if (!flipped && seen.passed && seen.failed) flips += 1;
    commits.set(commit, seen);
    const [oldest] = commits.keys();
    if (commits.size > MAX_COMMITS && oldest !== undefined) commits.delete(oldest);
  };
  return {
    add(passed, commit) {
      runs += 1;
      if (!passed) failures += 1;
      newest.push(passed);
      if (newest.length >= 2 * MAX_RESULTS) newest = newest.slice(-MAX_RESULTS);
      if (commit !== null) see(commit, passed);
    },
    addCounts(passes, failed) {
      runs += passes + failed;
      failures += failed;
    },
    outcomes: () => ({
      runs,
      failures,
      flips: commitsKnown ? flips : null,
      passed: newest.slice(-MAX_RESULTS).reverse(),
    }),
  };
}
