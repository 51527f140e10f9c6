import { logBeta, rateInterval } from '@selfheal/kernel/numbers/beta.ts';
import { type CodePrior, chanceFactor, chanceOfTest, type TestOutcomes } from '@selfheal/kernel/numbers/flakiness.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { JobHistory, Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';

/** How often something passed and failed. */
interface Counts {
  readonly failures: number;
  readonly successes: number;
}

/** A failed test and its earlier results. */
export interface TestPast {
  /** Tainted. */
  readonly name: string;
  /** Its results on the default branch, newest first; true is passed. */
  readonly passed: readonly boolean[];
  /** Its record, without this failure. */
  readonly outcomes?: TestOutcomes | undefined;
}

/** What is known about a failed run besides its log, from APIs with our own credentials. */
export interface RunHistory {
  /** Conclusions of the newest completed runs on the default branch, newest first. */
  readonly defaultBranchConclusions: readonly string[];
  /**
   * Whether what failed here passed in the newest runs on the default branch, newest first; takes precedence over the
   * conclusions.
   */
  readonly defaultBranchJob?: readonly boolean[] | undefined;
  /** Attempt number of the run, 1 for the first. */
  readonly attempt: number;
  /** The same job's other attempts on the same commit. */
  readonly sameCommit?: Counts | undefined;
  /** Where it passed on the same commit (`attempt 2`). */
  readonly passedIn?: readonly string[] | undefined;
  readonly tests?: readonly TestPast[] | undefined;
}

/** How strongly the history indicates a failure that passes on a re-run, and why. */
export interface HistoryJudgement {
  /** Logarithm of the Bayes factor "passes on a re-run" against "lasts"; 0 is neutral. */
  readonly logFactor: number;
  /** Sentences with counts. Names of tests in them are tainted. */
  readonly reasons: readonly string[];
}

/** Probability that a lasting failure still passed on the same commit: another machine, another time. */
const STRAY_SUCCESS = 0.002;
/** Prior of a transient failure's rate: what failed once tends to fail again soon (an outage lasts). */
const RATE = { failures: 2, successes: 1 };
/** Fewer runs are no evidence of chance. */
const MIN_RUNS = 4;
const MAX_RUNS = 100;
/** Maximum weight of a history: its prior is a guess too (e^5 is 148 to 1). */
const STRONGEST = 5;
/** Three to one: weaker evidence is not worth mentioning. */
const CLEAR = Math.log(3);
const MAX_TESTS_NAMED = 3;

function sameCommitFactor({ failures, successes }: Counts): number {
  const transient =
    logBeta(RATE.failures + failures, RATE.successes + successes) - logBeta(RATE.failures, RATE.successes);
  const lasting = failures * Math.log(1 - STRAY_SUCCESS) + successes * Math.log(STRAY_SUCCESS);
  return transient - lasting;
}

function ofSameCommit({ sameCommit, passedIn = [] }: RunHistory): HistoryJudgement {
  if (sameCommit === undefined || sameCommit.failures + sameCommit.successes === 0)
    return { logFactor: 0, reasons: [] };
  const { failures, successes } = sameCommit;
  const where = passedIn.length === 0 ? '' : ` (${passedIn.slice(0, 3).join(', ')})`;
  const reason = `On the same commit ${counted(failures, 'other attempt')} failed and ${successes} passed${where}.`;
  return { logFactor: sameCommitFactor(sameCommit), reasons: [reason] };
}

function isMixed(passed: readonly boolean[]): boolean {
  return passed.length >= MIN_RUNS && passed.includes(true) && passed.includes(false);
}

function rateOf(failures: number, runs: number): string {
  const [low, high] = rateInterval(failures, runs);
  return `${failures} of ${runs} recorded runs (true rate ${percentText(low)} to ${percentText(high)})`;
}

/** Whether the default branch fails already: its newest run, and earlier runs with the same failure. */
function branchReason(passed: readonly boolean[]): string[] {
  const since = passed.indexOf(true);
  const failing = since < 0 ? passed.length : since;
  if (failing >= 2) return [`The default branch fails too: its newest ${failing} runs failed.`];
  return passed.length > 0 && passed[0] ? ['The newest run of the default branch passed.'] : [];
}

/** Results on the branch of what failed here, otherwise of the whole workflow. */
function branchOf({ defaultBranchConclusions, defaultBranchJob = [] }: RunHistory): boolean[] {
  if (defaultBranchJob.length > 0) return defaultBranchJob.slice(0, MAX_RUNS);
  return defaultBranchConclusions
    .filter((one) => one === 'success' || one === 'failure')
    .slice(0, MAX_RUNS)
    .map((one) => one === 'success');
}

/** Below this, a count of recorded runs tells a reader nothing. */
const MIN_TOLD_RUNS = 5;

function reasonOfTest({ name, outcomes }: TestPast): string[] {
  if (outcomes === undefined || outcomes.runs < MIN_TOLD_RUNS) return [];
  const { failures, runs, flips } = outcomes;
  const onOne = flips === null || flips === 0 ? '' : `, and both failed and passed on ${counted(flips, 'commit')}`;
  return [`The test "${name.slice(0, 120)}" failed before in ${rateOf(failures, runs)}${onOne}.`];
}

/** A run passes only when each of its failed tests does: the least likely one counts. */
function ofTestRecords(tests: readonly TestPast[]): HistoryJudgement | null {
  const known = tests.filter(({ outcomes }) => (outcomes?.runs ?? 0) > 0);
  if (known.length === 0) return null;
  const factors = tests.map(({ outcomes }) => (outcomes === undefined ? 0 : chanceOfTest(outcomes)));
  return { logFactor: Math.min(...factors), reasons: known.flatMap(reasonOfTest).slice(0, MAX_TESTS_NAMED) };
}

/** The few last runs around a failure: code that broke stays broken for most of them. */
const SHORT_HISTORY: CodePrior = {
  breaks: { changes: 1, stays: 9 },
  fixes: { changes: 1, stays: 9 },
  brokenAtFirst: 0.5,
};

/** Evidence from series of results. The series are from the same runs, so only the strongest counts. */
function ofRows(tests: readonly TestPast[], branch: readonly boolean[]): HistoryJudgement {
  const rows = [...tests.map(({ passed }) => passed.slice(0, MAX_RUNS)), branch].filter(isMixed);
  const informative = rows
    .map((passed) => ({ passed, factor: chanceFactor(passed, SHORT_HISTORY) }))
    .sort((a, b) => b.factor - a.factor)[0];
  if (informative === undefined) return { logFactor: 0, reasons: [] };
  const { passed, factor } = informative;
  const failures = passed.filter((one) => !one).length;
  const byChance = factor >= CLEAR ? ', as by chance' : '';
  return {
    logFactor: factor,
    reasons: [`On the default branch ${rateOf(failures, passed.length)} failed${byChance}.`],
  };
}

/**
 * Judges a failure by its history: other attempts on the same commit, and whether results on the default branch or
 * recorded results of the failed tests change by chance or like broken and fixed code. `ofTests` says that a test
 * failed: only its failures are compared with the branch's.
 */
export function judgeHistory(history: RunHistory, ofTests: boolean): HistoryJudgement {
  const branch = branchOf(history);
  const commit = ofSameCommit(history);
  const tests = history.tests ?? [];
  const nothing = { logFactor: 0, reasons: [] };
  const results = ofTests ? (ofTestRecords(tests) ?? ofRows(tests, branch)) : nothing;
  const logFactor = commit.logFactor + results.logFactor;
  return {
    logFactor: Math.max(-STRONGEST, Math.min(STRONGEST, logFactor)),
    reasons: [...commit.reasons, ...branchReason(branch), ...results.reasons],
  };
}

/** Whether the job failed in its newest run on the default branch; null when it never ran there. */
function failsThere({ defaultBranch }: JobHistory): boolean | null {
  const newest = defaultBranch[0];
  return newest === undefined ? null : !newest.passed;
}

/**
 * Whether it fails on the default branch too: every failed job that runs there failed in its newest run. Where no job
 * is known, the workflow's newest run that ended in success or failure decides. Null when that could not be checked (no
 * such run, or an incident without a run).
 */
export function preExistingOf(telemetry: Telemetry | null): boolean | null {
  if (telemetry?.facts.kind !== 'run') return null;
  const jobs = telemetry.facts.jobHistories.map(failsThere).filter((one) => one !== null);
  if (jobs.length > 0) return jobs.every((fails) => fails);
  const newest = telemetry.facts.defaultBranchConclusions.find(
    (conclusion) => conclusion === 'success' || isFailure(conclusion),
  );
  return newest === undefined ? null : newest !== 'success';
}
