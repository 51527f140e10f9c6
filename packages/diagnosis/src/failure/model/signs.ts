import type { FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import { logOdds } from '@selfheal/kernel/numbers/log-odds.ts';
import { type Calibration, STEP_PRIOR } from './calibration.ts';
import type { Opinion } from './failure-model.ts';

/** The signatures' own answer: the leading class and its strength. */
export interface SignatureAnswer {
  readonly class: FailureClass;
  readonly verdict: Verdict;
  /** 0 to 1, not calibrated. */
  readonly strength: number;
  /** Nothing but what the failing step is for says so. */
  readonly isByStep?: boolean;
}

/** A signature below this strength is a weak one. On sources that nobody prepared, stronger ones are right equally often. */
const WEAK_BELOW = 0.7;

/**
 * Signs for a signature's class: how weak it is, how sure the model is of this class, or, negative, of another one, and whether the failing step
 * alone says so. Few, because what separates right from wrong answers within one source rarely does in the next. `mayOppose`: whether the model may
 * speak against it.
 */
export function signsOfSignature(answer: SignatureAnswer, { classes }: Opinion, mayOppose = true): number[] {
  const first = classes[0];
  const isByStep = answer.isByStep === true;
  // A log that says nothing but which step failed has no words that could speak against it.
  const opposed = isByStep || !mayOppose ? 0 : -1;
  const support = (first?.probability ?? 0) * (first?.class === answer.class ? 1 : opposed);
  return [Math.max(0, WEAK_BELOW - answer.strength), support, Number(isByStep)];
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

/** Weights of the signs of either answer before anything is learned, the bias last. */
export const SIGNATURE_PRIOR: Calibration = [-4, 1, STEP_PRIOR, 1];
export const MODEL_PRIOR: Calibration = [1, 0, 0, 0];

/** Weights of the transience signs before anything is learned: a signature's verdict counts, and most failures last. */
export const TRANSIENCE_PRIOR: Calibration = [3, -2, 0.5, -0.8];
