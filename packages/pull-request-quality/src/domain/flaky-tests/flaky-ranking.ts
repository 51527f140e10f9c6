import {
  type CommitResult,
  disputedCommits,
  type Flakiness,
  judgedResults,
  judgeFlakiness,
} from '@selfheal/kernel/numbers/flakiness.ts';
import { type HistoryResult, type HistoryRun, type HistoryTest, resultsOf, type TestHistory } from './test-history.ts';

/** What the chance failures of a test cost in the runs that are kept. */
interface FlakyCost {
  /** Attempts that it failed, alone or with others. */
  readonly failedRuns: number;
  /** Attempts that were started because one before had failed with it. */
  readonly reruns: number;
  /**
   * Minutes of these attempts, shared equally among the flaky tests that failed before, and of retries by the test runner. Null when no duration
   * is known.
   */
  readonly minutes: number | null;
  /** Branches whose run it failed: the author of each waited for another attempt. */
  readonly heldUp: number;
}

/** A test of a history with what its results show. */
export interface JudgedTest {
  readonly key: string;
  readonly test: HistoryTest;
  readonly judged: Flakiness;
  readonly runs: number;
  readonly failures: number;
  /** Commits on which it both failed and passed, newest last. */
  readonly commits: readonly string[];
  readonly cost: FlakyCost;
}

interface Result {
  readonly run: HistoryRun;
  readonly result: Exclude<HistoryResult, null>;
}

/**
 * Results that say something about the test, oldest first. A failure with many others has a cause that they share, and failures right before or
 * after it the same one, however few are left of the many.
 */
function knownResults(test: Pick<HistoryTest, 'results'>, history: TestHistory): Result[] {
  const results = resultsOf(test, history);
  const all = history.runs.flatMap((run, at): Result[] => {
    const result = results[at] ?? null;
    return result === null ? [] : [{ run, result }];
  });
  const known: Result[] = [];
  let failing: Result[] = [];
  const endStretch = (): void => {
    if (!failing.some(({ result }) => result === 'failed-with-many')) known.push(...failing);
    failing = [];
  };
  for (const one of all) {
    if (one.result === 'failed' || one.result === 'failed-with-many') failing.push(one);
    else {
      endStretch();
      known.push(one);
    }
  }
  endStretch();
  return known;
}

/** The results as a test had them on its commits: a retry by the runner is a failure, then a success. */
function commitResults(results: readonly Result[]): CommitResult[] {
  return results.flatMap(({ run: { commit, onDefaultBranch }, result }) =>
    (result === 'retried' ? [false, true] : [result === 'passed']).map((passed) => ({
      passed,
      commit,
      onDefaultBranch,
    })),
  );
}

/** What a test's results show; null when it is not in the history by name. */
export function judgeTest(key: string, history: TestHistory): Omit<JudgedTest, 'cost'> | null {
  const test = history.tests[key];
  if (test === undefined) return null;
  const results = commitResults(knownResults(test, history));
  const commits = disputedCommits(results);
  const passed = judgedResults(results).map((one) => one.passed);
  const [runs, failures] = [passed.length, passed.filter((one) => !one).length];
  const outcomes = { runs, failures, flips: commits.length, passed: passed.toReversed() };
  return { key, test, judged: judgeFlakiness(outcomes, false), runs, failures, commits };
}

/** Every test that failed at least once, by cost: minutes lost first, then failed runs, then how likely it fails by chance. Flaky ones first. */
export function rankTests(history: TestHistory): JudgedTest[] {
  const all = Object.keys(history.tests).flatMap((key) => judgeTest(key, history) ?? []);
  const flaky = all.filter(({ judged }) => judged.kind === 'flaky');
  const costs = costsOf(flaky, history);
  return all
    .map((one) => ({ ...one, cost: costs.get(one.key) ?? { failedRuns: 0, reruns: 0, minutes: null, heldUp: 0 } }))
    .sort(
      (a, b) =>
        Number(b.judged.kind === 'flaky') - Number(a.judged.kind === 'flaky') ||
        (b.cost.minutes ?? 0) - (a.cost.minutes ?? 0) ||
        b.cost.failedRuns - a.cost.failedRuns ||
        b.judged.score - a.judged.score ||
        (a.key < b.key ? -1 : 1),
    );
}

function costsOf(flaky: readonly Omit<JudgedTest, 'cost'>[], history: TestHistory): Map<string, FlakyCost> {
  const { runs } = history;
  const results = new Map(flaky.map(({ key, test }) => [key, resultsOf(test, history)]));
  const failedIn = (at: number): number => [...results.values()].filter((own) => own[at] === 'failed').length;
  const sharers = runs.map((_, at) => failedIn(at));
  /** The next attempt of the same run. */
  const rerunOf = ({ id, attempt }: HistoryRun): HistoryRun | undefined =>
    runs.find((one) => one.id === id && one.attempt === attempt + 1);
  return new Map(
    flaky.map(({ key, test }) => {
      const own = results.get(key) ?? [];
      const failed = runs.flatMap((run, at) =>
        own[at] === 'failed' ? [{ run, share: 1 / Math.max(1, sharers[at] ?? 1) }] : [],
      );
      const again = failed.flatMap(({ run, share }) => {
        const next = rerunOf(run);
        return next === undefined ? [] : [{ seconds: next.seconds, share }];
      });
      const retries = own.filter((one) => one === 'retried').length;
      const known = again.flatMap(({ seconds, share }) => (seconds === null ? [] : [seconds * share]));
      if (retries > 0 && test.seconds !== null) known.push(retries * test.seconds);
      const minutes = known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / 60;
      const heldUp = new Set(failed.map(({ run }) => run.branch)).size;
      return [key, { failedRuns: failed.length, reruns: again.length, minutes, heldUp }];
    }),
  );
}
