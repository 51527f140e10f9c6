import { FAMILY_OF, type FailureClass, type Verdict } from '../incident/failure-class.ts';
import { calibrated, logistic, logOdds } from './model/calibration.ts';
import type { FailureModel, Opinion } from './model/failure-model.ts';
import { signsOfTransience } from './model/signs.ts';
import { type HistoryJudgement, judgeHistory, type RunHistory } from './run-history.ts';
import { answerOfSignatures, type ClassScore } from './scoring.ts';

export interface VerdictInput {
  /** The class that was decided on. */
  readonly choice: FailureClass;
  /** What signatures say, strongest class first. */
  readonly scores: readonly ClassScore[];
  readonly opinion: Opinion | null;
  readonly model: FailureModel | undefined;
  readonly history: RunHistory | undefined;
}

export interface JudgedVerdict {
  readonly verdict: Verdict;
  /** The verdict that holds even when the class is not known. */
  readonly surely: Verdict;
  /** What is left of the confidence in the class: failing every attempt speaks against passing by itself. */
  readonly factor: number;
  readonly history: HistoryJudgement;
}

type Judged = Omit<JudgedVerdict, 'history'>;

/** Odds of seven to one turn a signature's verdict. */
export const CLEAR = Math.log(7);
/** Against or without a signature's verdict a failure is called lasting only when it surely is. */
const SURELY_LASTING = 0.25;
const SURELY_TRANSIENT = 0.5;
const MANY_ATTEMPTS = 3;

function ofTests(failureClass: FailureClass): boolean {
  return failureClass === 'test_failure' || FAMILY_OF[failureClass] === 'testing';
}

export function isTransient(verdict: Verdict): boolean {
  return verdict === 'flaky' || verdict === 'infrastructure';
}

/** What the platform does to a build passes with it, unless a signature says that it lasts. */
function ofPlatform(failureClass: FailureClass, own: Verdict): boolean {
  return own === 'unknown' && FAMILY_OF[failureClass] === 'infrastructure';
}

/** What passes by itself is flaky when a test is, and the infrastructure's otherwise. */
function transientVerdict(failureClass: FailureClass, own: Verdict): Verdict {
  if (isTransient(own)) return own;
  const family = FAMILY_OF[failureClass];
  return family === 'testing' || family === 'code' || family === 'unknown' ? 'flaky' : 'infrastructure';
}

function factorOf(verdict: Verdict, history: RunHistory | undefined): number {
  return isTransient(verdict) && (history?.attempt ?? 1) >= MANY_ATTEMPTS ? 0.7 : 1;
}

function byRules(own: Verdict, { choice, history }: VerdictInput, logFactor: number): Judged {
  const turns = own === 'regression' && logFactor >= CLEAR;
  const verdict = turns ? 'flaky' : own;
  return { verdict, surely: 'unknown', factor: turns && ofTests(choice) ? 0.9 : factorOf(verdict, history) };
}

/**
 * Whether the failure passes when it is run again (flaky, infrastructure) or lasts (regression): the signature's verdict and the
 * model's probability make calibrated odds, and the history multiplies them (Bayes' rule). Without a model the signature's verdict
 * stands unless history speaks clearly against it.
 */
export function judgeVerdict(input: VerdictInput): JudgedVerdict {
  const judged =
    input.history === undefined ? { logFactor: 0, reasons: [] } : judgeHistory(input.history, ofTests(input.choice));
  return { ...judge(input, judged.logFactor), history: judged };
}

function judge(input: VerdictInput, logFactor: number): Judged {
  const { choice, scores, opinion, model, history } = input;
  const own = scores.find((one) => one.class === choice)?.leading[0]?.compiled.signature.verdict ?? 'unknown';
  if (opinion === null || model === undefined) return byRules(own, input, logFactor);
  const answer = answerOfSignatures(scores);
  // A signature whose class was overruled is overruled in its verdict too.
  const signs = signsOfTransience(answer?.class === choice || choice === 'unknown' ? answer : null, opinion);
  const transient = logistic(logOdds(calibrated(model.calibrations.transience, signs)) + logFactor);
  if (transient >= (isTransient(own) || ofPlatform(choice, own) ? SURELY_LASTING : SURELY_TRANSIENT)) {
    const verdict = transientVerdict(choice, own);
    return { verdict, surely: transientVerdict('unknown', own), factor: factorOf(verdict, history) };
  }
  const lasting = own === 'regression' || transient <= SURELY_LASTING;
  return { verdict: lasting ? 'regression' : 'unknown', surely: 'unknown', factor: 1 };
}
