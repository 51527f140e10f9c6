import { logBeta, rateInterval } from './beta.ts';
import { logistic, logOdds } from './log-odds.ts';

/** Recorded results of a test. */
export interface TestOutcomes {
  readonly runs: number;
  readonly failures: number;
  /** Commits on which it both failed and passed; null when commits are unknown. */
  readonly flips: number | null;
  /** The newest results whose order says something, newest first; true is passed. Empty when only counts are known. */
  readonly passed: readonly boolean[];
}

/** One result of a test. */
export interface CommitResult {
  readonly passed: boolean;
  readonly commit: string;
  readonly onDefaultBranch: boolean;
}

/** Commits on which a test both failed and passed, in the order of the results. */
export function disputedCommits(results: readonly Pick<CommitResult, 'passed' | 'commit'>[]): string[] {
  const byCommit = Map.groupBy(results, ({ commit }) => commit);
  return [...byCommit].flatMap(([commit, own]) =>
    new Set(own.map(({ passed }) => passed)).size === 2 ? [commit] : [],
  );
}

/**
 * The results by whose order a test is judged: on the default branch, and on commits where it did both. On a pull request's branch, code that
 * breaks and is mended a commit later is everyday life and no sign of chance.
 */
export function judgedResults<R extends CommitResult>(results: readonly R[]): R[] {
  const disputed = disputedCommits(results);
  return results.filter(({ onDefaultBranch, commit }) => onDefaultBranch || disputed.includes(commit));
}

/** What a test's history shows. */
export type Flakiness =
  /** It fails by chance: at least as likely as not. */
  | { readonly kind: 'flaky'; readonly score: number; readonly rate: readonly [low: number, high: number] }
  /** It failed and passed like code that was broken and fixed. */
  | { readonly kind: 'broken'; readonly score: number; readonly rate: readonly [low: number, high: number] }
  /**
   * It only passed, or only failed: chance cannot be told from code. `score` is the probability that it is flaky
   * anyway.
   */
  | { readonly kind: 'steady'; readonly score: number; readonly rate: readonly [low: number, high: number] };

/**
 * Share of tests that are flaky, and how often such a test fails: J. Alshammari et al., "FlakeFlagger" (ICSE 2021) found 811 of
 * 22,244 tests in 10,000 runs each, half of them failing in less than 1 of 100.
 */
const FLAKY_SHARE = 0.036;
const FLAKE_RATE = { failures: 0.15, successes: 1.5 };
/** How code changes results: priors of a result that breaks and of one that is mended, between two runs, and how likely the first one fails. */
export interface CodePrior {
  readonly breaks: { readonly changes: number; readonly stays: number };
  readonly fixes: { readonly changes: number; readonly stays: number };
  readonly brokenAtFirst: number;
}
/** Code breaks one test once in a thousand runs and mends it in one of three. */
const ONE_TEST: CodePrior = {
  breaks: { changes: 1, stays: 999 },
  fixes: { changes: 1, stays: 2 },
  brokenAtFirst: 0.05,
};
/** Evidence of each commit that failed and passed, beyond a stray difference between machines. */
const FLIP = Math.log(100);
/** Maximum weight of a history: its priors are guesses too. */
const STRONGEST = 7;

/**
 * How much better chance explains a series of results, newest first, than code that breaks and is fixed: the marginal likelihood of
 * independent runs with one failure rate (Jeffreys' prior) against that of a chain that breaks and is mended after `prior`. Positive favours chance.
 */
export function chanceFactor(passed: readonly boolean[], { breaks, fixes, brokenAtFirst }: CodePrior): number {
  const failures = passed.filter((one) => !one).length;
  const independent = logBeta(failures + 0.5, passed.length - failures + 0.5) - logBeta(0.5, 0.5);
  const oldest = passed.at(-1) ?? true;
  const after = (before: boolean, now: boolean): number =>
    passed.filter((one, at) => at + 1 < passed.length && passed[at + 1] === before && one === now).length;
  const chain = (prior: CodePrior['breaks'], changes: number, stays: number): number =>
    logBeta(prior.changes + changes, prior.stays + stays) - logBeta(prior.changes, prior.stays);
  const chained =
    Math.log(oldest ? 1 - brokenAtFirst : brokenAtFirst) +
    chain(breaks, after(true, false), after(true, true)) +
    chain(fixes, after(false, true), after(false, false));
  return independent - chained;
}

/**
 * Odds at most of a test that failed nowhere or never just once in this order while no commit did both: so does code that broke, and was mended
 * some commits later.
 */
const AS_CODE_DOES = -1;

/** Whether each failure, if any, has another one right before or after it: in one stretch, or in several when the test mostly passed. */
function failsInStretches(passed: readonly boolean[]): boolean {
  const isAlone = (at: number): boolean => passed[at - 1] !== false && passed[at + 1] !== false;
  const failures = passed.flatMap((one, at) => (one ? [] : [at]));
  if (failures.length === 0) return true;
  const [first = 0, last = 0] = [failures[0], failures.at(-1)];
  const isOne = last - first + 1 === failures.length;
  return !failures.some(isAlone) && (isOne || 2 * failures.length < passed.length);
}

/** Probability that a test that only passed is flaky anyway: it may fail more rarely than it ran. */
function scoreOfSteady(runs: number, failed: boolean): number {
  const { failures, successes } = FLAKE_RATE;
  const share = (a: number, b: number): number =>
    Math.exp(logBeta(failures + a, successes + b) - logBeta(failures, successes));
  const flaky = FLAKY_SHARE * (failed ? share(runs, 0) : share(0, runs));
  return flaky / (flaky + 1 - FLAKY_SHARE);
}

/** Odds before the order of the results is considered: repeats of the same code can only differ by chance. */
const SAME_CODE = Math.log(9);

/**
 * Whether a test fails by chance, with the 95% interval of its failure rate. Having failed and passed on one commit is
 * the definition of a flaky test (Q. Luo et al., "An empirical analysis of flaky tests", FSE 2014) and counts most;
 * over changing code, the frequency of flips is compared with how code breaks and is fixed (after E. Kowalczyk et al.,
 * "Modeling and ranking flaky tests at Apple", ICSE-SEIP 2020, here as a Bayes factor). `sameCode` says that all runs
 * were of the same code.
 */
export function judgeFlakiness({ runs, failures, flips, passed }: TestOutcomes, sameCode: boolean): Flakiness {
  const rate = runs === 0 ? ([0, 1] as const) : rateInterval(failures, runs);
  const mixed = failures > 0 && failures < runs;
  if (!mixed) return { kind: 'steady', score: scoreOfSteady(runs, failures > 0), rate };
  const order = passed.includes(false) && passed.includes(true) ? chanceFactor(passed, ONE_TEST) : 0;
  const evidence = (sameCode ? SAME_CODE : 0) + order + FLIP * (flips ?? 0);
  const odds = !sameCode && flips === 0 && failsInStretches(passed) ? Math.min(evidence, AS_CODE_DOES) : evidence;
  const score = logistic(Math.max(-STRONGEST, Math.min(STRONGEST, odds)));
  return { kind: score >= 0.5 ? 'flaky' : 'broken', score, rate };
}

/** Prior of how often any test fails by chance in a run. */
const ANY_TEST = { flakes: 0.1, others: 4.9 };

/**
 * How much more likely a failure of this test is by chance than one of an unknown test: the logarithm of the ratio of
 * expected flake rates (mean of the Beta posterior to that of its prior). A test that code breaks more often than chance does not speak for
 * chance, however often it failed. `earlier` excludes the failure in question.
 */
export function chanceOfTest(earlier: TestOutcomes): number {
  if (earlier.runs === 0) return 0;
  const { kind, score } = judgeFlakiness(earlier, false);
  const flakes = earlier.failures < earlier.runs ? score * earlier.failures : 0;
  const all = ANY_TEST.flakes + ANY_TEST.others;
  const rate = (ANY_TEST.flakes + flakes) / (all + earlier.runs);
  const factor = logOdds(rate) - logOdds(ANY_TEST.flakes / all);
  return kind === 'flaky' ? factor : Math.min(0, factor);
}
