import { logBeta, rateInterval } from './beta.ts';

/** How often something passed and failed. */
export interface Counts {
  readonly failures: number;
  readonly successes: number;
}

/** What is known of a failed run besides its log, from APIs with our own credentials. */
export interface RunHistory {
  /** Conclusions of the newest completed runs on the default branch, newest first. */
  readonly defaultBranchConclusions: readonly string[];
  /** Attempt number of the run, 1 for the first. */
  readonly attempt: number;
  /** The same job's other attempts on the same commit. */
  readonly sameCommit?: Counts | undefined;
  /** Results of each failed test on the default branch, newest first; true is passed. */
  readonly tests?: readonly { readonly name: string; readonly passed: readonly boolean[] }[] | undefined;
}

/** How much the history speaks for a failure that passes by itself, and why. */
export interface HistoryJudgement {
  /** Logarithm of the Bayes factor "passes when run again" against "lasts"; 0 says nothing. */
  readonly logFactor: number;
  /** Plain sentences, each with its counts. */
  readonly reasons: readonly string[];
}

/** A lasting failure that yet passed on the same commit: another machine, another time. */
const STRAY_SUCCESS = 0.002;
/** Prior of a transient failure's rate: what failed once tends to fail again soon (an outage lasts). */
const RATE = { failures: 2, successes: 1 };
/** Prior of how often code that is broken or mended changes the result of the next run. */
const CHANGE = { changes: 1, stays: 9 };
/** Fewer runs say nothing about chance. */
const LEAST_RUNS = 4;
const MOST_RUNS = 100;
/** No history is worth more than this: its prior is a guess too (e^5 is 148 to 1). */
const STRONGEST = 5;
/** Three to one: what less says is not worth telling. */
const CLEAR = Math.log(3);

const percent = (share: number): string => `${Math.round(share * 100)}%`;

function sameCommitFactor({ failures, successes }: Counts): number {
  const transient =
    logBeta(RATE.failures + failures, RATE.successes + successes) - logBeta(RATE.failures, RATE.successes);
  const lasting = failures * Math.log(1 - STRAY_SUCCESS) + successes * Math.log(STRAY_SUCCESS);
  return transient - lasting;
}

/**
 * How much better chance explains a row of results than code that breaks and is mended: the marginal likelihood of independent runs
 * with one failure rate (Jeffreys' prior) against that of a chain that mostly repeats its last result. Positive speaks for chance.
 */
function chanceFactor(passed: readonly boolean[]): number {
  const failures = passed.filter((one) => !one).length;
  const changes = passed.filter((one, at) => at > 0 && one !== passed[at - 1]).length;
  const stays = passed.length - 1 - changes;
  const independent = logBeta(failures + 0.5, passed.length - failures + 0.5) - logBeta(0.5, 0.5);
  const chained =
    Math.log(0.5) + logBeta(CHANGE.changes + changes, CHANGE.stays + stays) - logBeta(CHANGE.changes, CHANGE.stays);
  return independent - chained;
}

function isMixed(passed: readonly boolean[]): boolean {
  return passed.length >= LEAST_RUNS && passed.includes(true) && passed.includes(false);
}

function rateOf(passed: readonly boolean[]): string {
  const failures = passed.filter((one) => !one).length;
  const [low, high] = rateInterval(failures, passed.length);
  return `${failures} of ${passed.length} (rate ${percent(low)} to ${percent(high)})`;
}

/** Whether the default branch fails already: its newest run, and the runs before it that failed alike. */
function branchReason(passed: readonly boolean[]): string[] {
  const since = passed.indexOf(true);
  const failing = since < 0 ? passed.length : since;
  if (failing >= 2) return [`The default branch fails too: its newest ${failing} runs failed.`];
  return passed.length > 0 && passed[0] ? ['The newest run of the default branch passed.'] : [];
}

/**
 * Judges a failure by its history: other attempts on the same commit, and whether results on the default branch, of the run or of the
 * failed tests, change as chance does or as broken and mended code does. `ofTests` says that a test failed: only its failures are
 * compared with the branch's.
 */
export function judgeHistory(history: RunHistory, ofTests: boolean): HistoryJudgement {
  const reasons: string[] = [];
  let logFactor = 0;
  const { sameCommit } = history;
  if (sameCommit !== undefined && sameCommit.failures + sameCommit.successes > 0) {
    logFactor += sameCommitFactor(sameCommit);
    reasons.push(`On the same commit ${sameCommit.failures} other attempts failed and ${sameCommit.successes} passed.`);
  }
  const branch = history.defaultBranchConclusions
    .filter((one) => one === 'success' || one === 'failure')
    .slice(0, MOST_RUNS)
    .map((one) => one === 'success');
  reasons.push(...branchReason(branch));
  const rows = [...(history.tests ?? []).map(({ passed }) => passed.slice(0, MOST_RUNS)), branch].filter(isMixed);
  // The rows are of the same runs: only the one that says most counts.
  const telling = rows
    .map((passed) => ({ passed, factor: chanceFactor(passed) }))
    .sort((a, b) => b.factor - a.factor)[0];
  if (ofTests && telling !== undefined) {
    logFactor += telling.factor;
    reasons.push(
      `On the default branch ${rateOf(telling.passed)} runs failed${telling.factor >= CLEAR ? ', as by chance' : ''}.`,
    );
  }
  return { logFactor: Math.max(-STRONGEST, Math.min(STRONGEST, logFactor)), reasons };
}
