import type { FailureClass, Verdict } from '../../incident/failure-class.ts';
import { type Calibration, logOdds } from './calibration.ts';
import type { Opinion } from './failure-model.ts';

/** The signatures' own answer: the leading class and its strength. */
export interface SignatureAnswer {
  readonly class: FailureClass;
  readonly verdict: Verdict;
  /** 0 to 1, not calibrated. */
  readonly strength: number;
}

function probabilityOf(opinion: Opinion, failureClass: FailureClass): number {
  return opinion.classes.find((one) => one.class === failureClass)?.probability ?? 0;
}

/**
 * Signs for a signature's class: its strength, the model's probability, whether the model agrees, and how much it
 * knows.
 */
export function signsOfSignature(answer: SignatureAnswer, opinion: Opinion): number[] {
  const agrees = opinion.classes[0]?.class === answer.class ? 1 : 0;
  return [logOdds(answer.strength), logOdds(probabilityOf(opinion, answer.class)), agrees, opinion.known];
}

/** Signs for the model's class: its probability, its lead, and how much it knows. */
export function signsOfModel({ classes, known }: Opinion): number[] {
  const first = logOdds(classes[0]?.probability ?? 0);
  return [first, first - logOdds(classes[1]?.probability ?? 0), known];
}

/** Signs for passing on a re-run: the signature's verdict either way, and the model's probability. */
export function signsOfTransience(answer: SignatureAnswer | null, opinion: Opinion): number[] {
  const passes = answer?.verdict === 'flaky' || answer?.verdict === 'infrastructure';
  const lasts = answer?.verdict === 'regression';
  return [passes ? (answer?.strength ?? 0) : 0, lasts ? (answer?.strength ?? 0) : 0, logOdds(opinion.transient)];
}

/** Weights of the signs of either answer before anything is learned, the bias last: the strength counts as it is. */
export const SIGNATURE_PRIOR: Calibration = [1, 0.3, 0, 0.5, -0.5];
export const MODEL_PRIOR: Calibration = [1, 0, 0, 0];

/** Weights of the transience signs before anything is learned: a signature's verdict counts, and most failures last. */
export const TRANSIENCE_PRIOR: Calibration = [3, -2, 0.5, -0.8];
