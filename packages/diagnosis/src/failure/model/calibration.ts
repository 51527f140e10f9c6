import { logistic } from '@selfheal/kernel/numbers/log-odds.ts';
import { minimise } from './minimise.ts';

/** Maps signs of an answer to the probability that it is right: a logistic regression; the last weight is the bias. */
export type Calibration = readonly number[];

/** One answer: its signs, whether it was right, and its weight. */
export interface ScoredAnswer {
  readonly signs: readonly number[];
  readonly right: boolean;
  readonly weight: number;
}

/** Weights before anything is learned, and how many answers they are worth. */
export interface CalibrationPrior {
  readonly prior: Calibration;
  readonly strength: number;
}

/** Weight, before anything is learned, of the sign that nothing but what the failing step is for names the class. */
export const STEP_PRIOR = -1;

/** Keeps weights finite where all answers were right. */
const NO_PRIOR: CalibrationPrior = { prior: [], strength: 0.5 };
function oddsOf(weights: Calibration, signs: readonly number[]): number {
  return signs.reduce((sum, sign, at) => sum + sign * (weights[at] ?? 0), weights.at(-1) ?? 0);
}

/** The probability that an answer with these signs is right. */
export function calibrated(weights: Calibration, signs: readonly number[]): number {
  return logistic(oddsOf(weights, signs));
}

/**
 * Fits a calibration, regularised towards the prior's weights, on answers that the model had not learned from (J.
 * Platt, "Probabilistic outputs for support vector machines", 1999, with his smoothed targets). Without answers it is
 * the prior; without both a `RangeError` is thrown.
 */
export function fitCalibration(
  answers: readonly ScoredAnswer[],
  { prior, strength }: CalibrationPrior = NO_PRIOR,
): Calibration {
  const width = answers[0]?.signs.length ?? prior.length - 1;
  if (width < 0) throw new RangeError('A calibration needs answers or a prior.');
  const rights = answers.filter(({ right }) => right).length;
  const high = (rights + 1) / (rights + 2);
  const low = 1 / (answers.length - rights + 2);
  const fitted = minimise(
    (point, gradient) => {
      gradient.fill(0);
      let loss = 0;
      const weights = [...point];
      for (const { signs, right, weight } of answers) {
        const target = right ? high : low;
        const probability = Math.min(1 - 1e-12, Math.max(1e-12, calibrated(weights, signs)));
        loss -= weight * (target * Math.log(probability) + (1 - target) * Math.log(1 - probability));
        const error = weight * (probability - target);
        for (let at = 0; at < width; at++) gradient[at] = (gradient[at] ?? 0) + error * (signs[at] ?? 0);
        gradient[width] = (gradient[width] ?? 0) + error;
      }
      // The bias is unpenalised unless the prior has one.
      for (let at = 0; at < Math.max(width, prior.length); at++) {
        const away = (point[at] ?? 0) - (prior[at] ?? 0);
        loss += (strength / 2) * away ** 2;
        gradient[at] = (gradient[at] ?? 0) + strength * away;
      }
      return loss;
    },
    Float64Array.from({ length: width + 1 }, (_, at) => prior[at] ?? 0),
    { rounds: 200, tolerance: 1e-9 },
  );
  return [...fitted];
}
