import type { TestOutcomes } from './flakiness.ts';

/** Collects the results of one test, told oldest first; memory is bounded however many there are. */
export interface TestTally {
  /** One result; `commit` null when it is not known. */
  add(passed: boolean, commit: string | null): void;
  /** Results of which only the number is known. */
  addCounts(passes: number, failures: number): void;
  outcomes(): TestOutcomes;
}

/** Results whose order is remembered, and commits whose results are. */
const MOST_RESULTS = 1_000;
const MOST_COMMITS = 64;

/** What was seen on one commit. */
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
    if (commits.size > MOST_COMMITS && oldest !== undefined) commits.delete(oldest);
  };
  return {
    add(passed, commit) {
      runs += 1;
      if (!passed) failures += 1;
      newest.push(passed);
      if (newest.length >= 2 * MOST_RESULTS) newest = newest.slice(-MOST_RESULTS);
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
      passed: newest.slice(-MOST_RESULTS).reverse(),
    }),
  };
}
