import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { judgeTest } from '@selfheal/pull-request-quality/domain/flaky-tests/flaky-ranking.ts';
import {
  EMPTY_HISTORY,
  type RecordedRun,
  reportedTestKey,
  type TestHistory,
  withRecordedRun,
} from '@selfheal/pull-request-quality/domain/flaky-tests/test-history.ts';
import type { ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';

/** How often a test fails by chance, and whether it is known to be flaky. */
export interface FailureRate {
  readonly flaky: boolean;
  readonly rate: number;
}

interface SimulatedTest extends FailureRate {
  readonly reported: ReportedTest;
  readonly key: string;
  /** Fails on commits from `from` to before `fixed`; empty when its code never breaks. */
  readonly regressions: readonly { readonly from: number; readonly fixed: number }[];
}

/** Counts of one simulated repository. */
export interface FlakyFigures {
  readonly runs: number;
  readonly flaky: number;
  /** Flaky tests that both failed and passed in these runs: no history can show more. */
  readonly mixed: number;
  readonly found: number;
  readonly neverFailing: number;
  readonly falseFlags: number;
  readonly regressions: number;
  readonly calledFlaky: number;
}

/** Share of the tests that never fail into whose code a regression is planted, and how many commits it lasts, and how often there are two. */
const REGRESSIONS = { share: 0.03, minCommits: 2, maxCommits: 6, twice: 0.25 };
/** Chance that a commit is run again. The commits of a regression are, because it failed. */
const RERUN = 0.5;
/** Chance that a run breaks for a reason outside its code, as its verdict says; it is run again and does not count. */
const OUTAGE = 0.03;

/**
 * Simulates a repository whose reports are recorded run by run: every test runs on every commit, flaky tests fail by chance with their rate, and
 * some of the others break at one commit and are mended some commits later. Each test has `runs` results that count.
 */
export function simulateFlakyHistory(rates: readonly FailureRate[], runs: number, seed: number): FlakyFigures {
  const random = numbersFrom(seed);
  const attempts = attemptsOf(runs, random);
  const commits = (attempts.at(-1)?.commit ?? 0) + 1;
  const tests = rates.map((rate, at) => simulatedTest(rate, at, commits, random));
  let history: TestHistory = EMPTY_HISTORY;
  for (const [at, attempt] of attempts.entries()) {
    const isOut = random() < OUTAGE;
    if (isOut) history = withRecordedRun(history, runOf(2 * at, attempt, true), tests.map(brokenBy));
    const reports = tests.map((test) => reportOf(test, attempt.commit, random));
    history = withRecordedRun(history, runOf(2 * at + 1, attempt, false), reports);
  }
  return figuresOf(tests, history, runs);
}

interface Attempt {
  readonly commit: number;
  readonly attempt: number;
}

function attemptsOf(runs: number, random: () => number): Attempt[] {
  const attempts: Attempt[] = [];
  for (let commit = 0; attempts.length < runs; commit += 1) {
    attempts.push({ commit, attempt: 1 });
    if (random() < RERUN && attempts.length < runs) attempts.push({ commit, attempt: 2 });
  }
  return attempts;
}

const runOf = (id: number, { commit }: Attempt, infrastructure: boolean): RecordedRun => ({
  id: id + 1,
  attempt: 1,
  commit: commit.toString(16).padStart(12, '0'),
  branch: 'main',
  onDefaultBranch: true,
  at: new Date(Date.UTC(2026, 0, 1) + id * 3_600_000).toISOString(),
  seconds: 600,
  infrastructure,
});

function simulatedTest(rate: FailureRate, at: number, commits: number, random: () => number): SimulatedTest {
  const { minCommits, maxCommits } = REGRESSIONS;
  const isPlanted = rate.rate === 0 && random() < REGRESSIONS.share && commits > minCommits + 1;
  const stretch = (first: number, end: number) => {
    const lasts = Math.min(end - first - 2, minCommits + Math.floor(random() * (maxCommits - minCommits + 1)));
    const from = first + 1 + Math.floor(random() * (end - first - lasts - 1));
    return { from, fixed: from + lasts };
  };
  const half = Math.floor(commits / 2);
  const isTwice = half > minCommits + 2 && random() < REGRESSIONS.twice;
  const stretches = isTwice ? [stretch(0, half), stretch(half, commits)] : [stretch(0, commits)];
  const reported: ReportedTest = {
    suite: phrase`suite ${at % 500}`,
    name: phrase`test ${at}`,
    file: `test/file-${at % 500}.test.ts`,
    line: null,
    outcome: 'passed',
    seconds: 0.1,
    message: null,
    details: null,
    failedAttempts: 0,
  };
  return { ...rate, reported, key: reportedTestKey(reported), regressions: isPlanted ? stretches : [] };
}

function reportOf({ rate, regressions, reported }: SimulatedTest, commit: number, random: () => number): ReportedTest {
  const isBroken = regressions.some(({ from, fixed }) => commit >= from && commit < fixed);
  return isBroken || random() < rate ? { ...reported, outcome: 'failed' } : reported;
}

const brokenBy = ({ reported }: SimulatedTest, at: number): ReportedTest =>
  at % 3 === 0 ? { ...reported, outcome: 'error' } : reported;

function figuresOf(tests: readonly SimulatedTest[], history: TestHistory, runs: number): FlakyFigures {
  const flagged = (key: string): boolean => judgeTest(key, history)?.judged.kind === 'flaky';
  const flaky = tests.filter((test) => test.flaky);
  const planted = tests.filter(({ regressions }) => regressions.length > 0);
  const never = tests.filter(({ rate, regressions }) => rate === 0 && regressions.length === 0);
  const isMixed = (key: string): boolean => /p.*f|f.*p/.test(history.tests[key]?.results ?? '');
  return {
    runs,
    flaky: flaky.length,
    mixed: flaky.filter(({ key }) => isMixed(key)).length,
    found: flaky.filter(({ key }) => flagged(key)).length,
    neverFailing: never.length,
    falseFlags: never.filter(({ key }) => flagged(key)).length,
    regressions: planted.length,
    calledFlaky: planted.filter(({ key }) => flagged(key)).length,
  };
}
