import { logBeta, rateInterval } from '../../kernel/numbers/beta.ts';
import { chanceFactor, chanceOfTest, type TestOutcomes } from './history/flakiness.ts';

/** How often something passed and failed. */
export interface Counts {
  readonly failures: number;
  readonly successes: number;
}

/** A failed test and how it fared before. */
export interface TestPast {
  /** Tainted. */
  readonly name: string;
  /** Its results on the default branch, newest first; true is passed. */
  readonly passed: readonly boolean[];
  /** What was recorded of it, this failure left out. */
  readonly outcomes?: TestOutcomes | undefined;
}

/** What is known of a failed run besides its log, from APIs with our own credentials. */
export interface RunHistory {
  /** Conclusions of the newest completed runs on the default branch, newest first. */
  readonly defaultBranchConclusions: readonly string[];
  /** Whether what failed here passed in the newest runs on the default branch, newest first; counts before the conclusions. */
  readonly defaultBranchJob?: readonly boolean[] | undefined;
  /** Attempt number of the run, 1 for the first. */
  readonly attempt: number;
  /** The same job's other attempts on the same commit. */
  readonly sameCommit?: Counts | undefined;
  /** Where it passed on the same commit, in plain words (`attempt 2`). */
  readonly passedIn?: readonly string[] | undefined;
  readonly tests?: readonly TestPast[] | undefined;
}

/** How much the history speaks for a failure that passes by itself, and why. */
export interface HistoryJudgement {
  /** Logarithm of the Bayes factor "passes when run again" against "lasts"; 0 says nothing. */
  readonly logFactor: number;
  /** Plain sentences, each with its counts. Names of tests in them are tainted. */
  readonly reasons: readonly string[];
}

/** A lasting failure that yet passed on the same commit: another machine, another time. */
const STRAY_SUCCESS = 0.002;
/** Prior of a transient failure's rate: what failed once tends to fail again soon (an outage lasts). */
const RATE = { failures: 2, successes: 1 };
/** Fewer runs say nothing about chance. */
const LEAST_RUNS = 4;
const MOST_RUNS = 100;
/** No history is worth more than this: its prior is a guess too (e^5 is 148 to 1). */
const STRONGEST = 5;
/** Three to one: what less says is not worth telling. */
const CLEAR = Math.log(3);
const MOST_TESTS_NAMED = 3;

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

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
  return passed.length >= LEAST_RUNS && passed.includes(true) && passed.includes(false);
}

function rateOf(failures: number, runs: number): string {
  const [low, high] = rateInterval(failures, runs);
  return `${failures} of ${runs} (rate ${percent(low)} to ${percent(high)})`;
}

/** Whether the default branch fails already: its newest run, and the runs before it that failed alike. */
function branchReason(passed: readonly boolean[]): string[] {
  const since = passed.indexOf(true);
  const failing = since < 0 ? passed.length : since;
  if (failing >= 2) return [`The default branch fails too: its newest ${failing} runs failed.`];
  return passed.length > 0 && passed[0] ? ['The newest run of the default branch passed.'] : [];
}

/** Results of the branch of what failed here, or else of the whole workflow. */
function branchOf({ defaultBranchConclusions, defaultBranchJob = [] }: RunHistory): boolean[] {
  if (defaultBranchJob.length > 0) return defaultBranchJob.slice(0, MOST_RUNS);
  return defaultBranchConclusions
    .filter((one) => one === 'success' || one === 'failure')
    .slice(0, MOST_RUNS)
    .map((one) => one === 'success');
}

function reasonOfTest({ name, outcomes }: TestPast): string[] {
  if (outcomes === undefined || outcomes.runs === 0) return [];
  const { failures, runs, flips } = outcomes;
  const onOne = flips === null || flips === 0 ? '' : `, and both failed and passed on ${counted(flips, 'commit')}`;
  return [`The test "${name.slice(0, 120)}" failed before in ${rateOf(failures, runs)} recorded runs${onOne}.`];
}

/** A run passes again only when each of its failed tests does: the one that is least likely to counts. */
function ofTestRecords(tests: readonly TestPast[]): HistoryJudgement | null {
  const known = tests.filter(({ outcomes }) => (outcomes?.runs ?? 0) > 0);
  if (known.length === 0) return null;
  const factors = tests.map(({ outcomes }) => (outcomes === undefined ? 0 : chanceOfTest(outcomes)));
  return { logFactor: Math.min(...factors), reasons: known.flatMap(reasonOfTest).slice(0, MOST_TESTS_NAMED) };
}

/** By the rows of results. The rows are of the same runs: only the one that says most counts. */
function ofRows(tests: readonly TestPast[], branch: readonly boolean[]): HistoryJudgement {
  const rows = [...tests.map(({ passed }) => passed.slice(0, MOST_RUNS)), branch].filter(isMixed);
  const telling = rows
    .map((passed) => ({ passed, factor: chanceFactor(passed) }))
    .sort((a, b) => b.factor - a.factor)[0];
  if (telling === undefined) return { logFactor: 0, reasons: [] };
  const { passed, factor } = telling;
  const failures = passed.filter((one) => !one).length;
  const byChance = factor >= CLEAR ? ', as by chance' : '';
  return {
    logFactor: factor,
    reasons: [`On the default branch ${rateOf(failures, passed.length)} runs failed${byChance}.`],
  };
}

/**
 * Judges a failure by its history: other attempts on the same commit, and whether results on the default branch or the recorded
 * results of the failed tests change as chance does or as broken and mended code does. `ofTests` says that a test failed: only its
 * failures are compared with the branch's.
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
