import type { FailureClass, Verdict } from '../../incident/failure-class.ts';
import { type Calibration, logOdds } from './calibration.ts';
import type { Opinion } from './failure-model.ts';

/** What signatures alone answer: the leading class and how strongly. */
export interface SignatureAnswer {
  readonly class: FailureClass;
  readonly verdict: Verdict;
  /** 0 to 1, not calibrated. */
  readonly strength: number;
}

function probabilityOf(opinion: Opinion, failureClass: FailureClass): number {
  return opinion.classes.find((one) => one.class === failureClass)?.probability ?? 0;
}

/** What speaks for a signature's class: its strength, the model's probability, whether the model would say the same, and how much it knows. */
export function signsOfSignature(answer: SignatureAnswer, opinion: Opinion): number[] {
  const agrees = opinion.classes[0]?.class === answer.class ? 1 : 0;
  return [logOdds(answer.strength), logOdds(probabilityOf(opinion, answer.class)), agrees, opinion.known];
}

/** What speaks for the model's class: its probability, by how much it leads, and how much it knows. */
export function signsOfModel({ classes, known }: Opinion): number[] {
  const first = logOdds(classes[0]?.probability ?? 0);
  return [first, first - logOdds(classes[1]?.probability ?? 0), known];
}

/** What speaks for passing when it is run again: the signature's verdict either way, and the model's probability. */
export function signsOfTransience(answer: SignatureAnswer | null, opinion: Opinion): number[] {
  const passes = answer?.verdict === 'flaky' || answer?.verdict === 'infrastructure';
  const lasts = answer?.verdict === 'regression';
  return [passes ? (answer?.strength ?? 0) : 0, lasts ? (answer?.strength ?? 0) : 0, logOdds(opinion.transient)];
}

/** What the signs of either answer weigh before anything is learned, the bias last: what speaks for it counts as it stands. */
export const SIGNATURE_PRIOR: Calibration = [1, 0.3, 0, 0.5, -0.5];
export const MODEL_PRIOR: Calibration = [1, 0, 0, 0];

/** What the signs of transience weigh before anything is learned: a signature's verdict counts, and most failures last. */
export const TRANSIENCE_PRIOR: Calibration = [3, -2, 0.5, -0.8];
