import {
  type Chance,
  type Classification,
  FAMILY_OF,
  type FailureClass,
  type Verdict,
} from '@selfheal/kernel/failure-class.ts';
import { logistic, logOdds } from '@selfheal/kernel/numbers/log-odds.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { ruledChance } from './chance.ts';
import { calibrated } from './model/calibration.ts';
import type { FailureModel, Opinion } from './model/failure-model.ts';
import { signsOfTransience } from './model/signs.ts';
import { type HistoryJudgement, judgeHistory, type RunHistory } from './run-history.ts';
import { answerOfSignatures, type ClassScore } from './scoring.ts';

export interface VerdictInput {
  /** The decided class. */
  readonly choice: FailureClass;
  /** Scores of the signatures, strongest class first. */
  readonly scores: readonly ClassScore[];
  readonly opinion: Opinion | null;
  readonly model: FailureModel | undefined;
  readonly history: RunHistory | undefined;
}

export interface VerdictWithFactor {
  readonly verdict: Verdict;
  /** The verdict if the class turns out to be unknown. */
  readonly verdictIfAbstaining: Verdict;
  /** Factor for the confidence in the class: failing every attempt is evidence against passing on a re-run. */
  readonly factor: number;
  /** Whether repeating can help, where a rule answers that and the history does not contradict it; otherwise null. */
  readonly ruled: Chance | null;
  readonly history: HistoryJudgement;
}

type VerdictWithoutHistory = Omit<VerdictWithFactor, 'history' | 'ruled'>;

/** Odds of seven to one overturn a signature's verdict. */
export const CLEAR = Math.log(7);
/** Against or without a signature's verdict, a failure is called lasting only when that is nearly certain. */
const SURELY_LASTING = 0.25;
const SURELY_TRANSIENT = 0.5;
const MANY_ATTEMPTS = 3;

function ofTests(failureClass: FailureClass): boolean {
  return failureClass === 'test_failure' || FAMILY_OF[failureClass] === 'testing';
}

export function isTransient(verdict: Verdict): boolean {
  return verdict === 'flaky' || verdict === 'infrastructure';
}

/** A platform's failure passes on a re-run, unless a signature says that it lasts. */
function ofPlatform(failureClass: FailureClass, own: Verdict): boolean {
  return own === 'unknown' && FAMILY_OF[failureClass] === 'infrastructure';
}

/** A transient failure is flaky when a test failed, otherwise the infrastructure's. */
function transientVerdict(failureClass: FailureClass, own: Verdict): Verdict {
  if (isTransient(own)) return own;
  const family = FAMILY_OF[failureClass];
  return family === 'testing' || family === 'code' || family === 'unknown' ? 'flaky' : 'infrastructure';
}

function factorOf(verdict: Verdict, history: RunHistory | undefined): number {
  return isTransient(verdict) && (history?.attempt ?? 1) >= MANY_ATTEMPTS ? 0.7 : 1;
}

function byRules(own: Verdict, { choice, history }: VerdictInput, logFactor: number): VerdictWithoutHistory {
  const turns = own === 'regression' && logFactor >= CLEAR;
  const verdict = turns ? 'flaky' : own;
  return {
    verdict,
    verdictIfAbstaining: 'unknown',
    factor: turns && ofTests(choice) ? 0.9 : factorOf(verdict, history),
  };
}

/**
 * Whether the failure passes on a re-run (flaky, infrastructure) or lasts (regression): the signature's verdict and the
 * model's probability give calibrated odds, and the history multiplies them (Bayes' rule). Without a model the
 * signature's verdict stands unless the history clearly contradicts it. A rule that answers whether repeating can help comes first.
 */
export function judgeVerdict(input: VerdictInput): VerdictWithFactor {
  const judged =
    input.history === undefined ? { logFactor: 0, reasons: [] } : judgeHistory(input.history, ofTests(input.choice));
  const { choice, scores } = input;
  const score = scores.find((one) => one.class === choice);
  const ruled = ruledChance(score);
  const found = judge(input, judged.logFactor);
  if (ruled === 'lasts' && judged.logFactor < CLEAR) {
    const own = score?.leading[0]?.compiled.signature.verdict;
    const verdict = own === 'regression' ? 'regression' : 'unknown';
    return { ...found, verdict, verdictIfAbstaining: 'unknown', ruled, history: judged };
  }
  if (ruled === 'may-pass' && judged.logFactor > -CLEAR) {
    const verdict = transientVerdict(choice, found.verdict);
    return { ...found, verdict, factor: factorOf(verdict, input.history), ruled, history: judged };
  }
  return { ...found, ruled: null, history: judged };
}

function judge(input: VerdictInput, logFactor: number): VerdictWithoutHistory {
  const { choice, scores, opinion, model, history } = input;
  const own = scores.find((one) => one.class === choice)?.leading[0]?.compiled.signature.verdict ?? 'unknown';
  if (opinion === null || model === undefined) return byRules(own, input, logFactor);
  const answer = answerOfSignatures(scores);
  // When a signature's class was overruled, so is its verdict.
  const signs = signsOfTransience(answer?.class === choice || choice === 'unknown' ? answer : null, opinion);
  const transient = logistic(logOdds(calibrated(model.calibrations.transience, signs)) + logFactor);
  if (transient >= (isTransient(own) || ofPlatform(choice, own) ? SURELY_LASTING : SURELY_TRANSIENT)) {
    const verdict = transientVerdict(choice, own);
    return { verdict, verdictIfAbstaining: transientVerdict('unknown', own), factor: factorOf(verdict, history) };
  }
  // A crash that no signature blames on a change may come from anywhere.
  const isCrash = choice === 'runtime_exceptions' && own === 'unknown';
  const lasting = own === 'regression' || (transient <= SURELY_LASTING && !isCrash);
  return { verdict: lasting ? 'regression' : 'unknown', verdictIfAbstaining: 'unknown', factor: 1 };
}

/** How loggers and kernels begin a line: time since boot, date and time, time of day, syslog, klog, structured with a time. */
const STAMPED =
  /^(?:<\d{1,3}>)?\W{0,3}(?:\[ {0,6}\d{1,9}\.\d{1,9}\]|\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\[?\d{1,2}[A-Z][a-z]{2}\d{4} \d\d:\d\d|\[?\d\d:\d\d:\d\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|[FEWI]\d{4} \d\d:\d\d|ts=\d{4}-|\{"(?:ts|time|timestamp|@timestamp|level)")/;
/** What only builds, tests and their runners print. */
const OF_RUN =
  /^(?:##\[|The command |\[ERROR\] |BUILD (?:FAILED|FAILURE|SUCCESS)|make(?:\[\d{1,3}\])?: |npm (?:ERR!|error)|FAIL\b|FAILED\b|ERROR: Job failed|.{0,200}exited with (?:code )?[1-9]|E {3,}|not ok |\* What went wrong)/;
const MIN_STAMPED_SHARE = 0.2;
/** Fewer lines with times may be those of one command of a run, such as a download. */
const MIN_STAMPED_OF_TRANSIENT = 8;

/**
 * Whether the evidence looks like the log of something that runs, not of a build or a test: its lines have times of their own, and no
 * runner speaks in it. Neither whether a change is to blame nor what a re-run would do shows in such a log.
 */
export function isServiceLog({ sources }: Evidence, verdict: Verdict): boolean {
  const lines = sources.flatMap((source) => source.lines).filter(({ text }) => text.trim() !== '');
  const stamped = lines.filter(({ prefix = '', text }) => STAMPED.test(prefix) || STAMPED.test(text)).length;
  const least = Math.max(isTransient(verdict) ? MIN_STAMPED_OF_TRANSIENT : 1, lines.length * MIN_STAMPED_SHARE);
  return stamped >= least && !lines.some(({ text }) => OF_RUN.test(text));
}

/** Why no verdict is given, as a sentence for a person; null where there is one. */
export function abstentionOf(
  { class: failureClass, verdict, failures }: Pick<Classification, 'class' | 'verdict' | 'failures'>,
  evidence: Evidence,
): string | null {
  if (verdict !== 'unknown') return null;
  const because = (reason: string): string => `Whether it passes when run again is unknown: ${reason}.`;
  if (failureClass === 'unknown') return because('the log does not say what failed');
  if (isServiceLog(evidence, verdict)) return because('the log is of something that runs, not of a run to repeat');
  if ((failures?.count ?? 0) > 1) return because('some of its failures may pass and others may not');
  return because('the log says what failed, but not whether that comes by chance');
}
