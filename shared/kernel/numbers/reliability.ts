import { wilsonInterval } from './proportion.ts';

/** An answer with its confidence, 0 to 1, and whether it was right. */
export interface Answer {
  readonly confidence: number;
  readonly right: boolean;
}

/** One bar of the reliability diagram: answers given with about the same confidence, and how many of them were right. */
export interface ReliabilityBin {
  /** Bounds of the confidence; the last bin holds 1 too. */
  readonly from: number;
  readonly to: number;
  readonly cases: number;
  readonly confidence: number;
  readonly right: number;
  /** Wilson's 95% interval of the share that was right. */
  readonly interval: readonly [low: number, high: number];
}

const BINS = 10;

/**
 * Mean squared distance of confidence from what came out, 0 best, 0.25 for always saying a half (G. W. Brier, "Verification of forecasts
 * expressed in terms of probability", 1950). Null of nothing.
 */
export function brierScore(answers: readonly Answer[]): number | null {
  if (answers.length === 0) return null;
  return answers.reduce((sum, { confidence, right }) => sum + (confidence - (right ? 1 : 0)) ** 2, 0) / answers.length;
}

/**
 * The reliability diagram as numbers: ten bins of equal width (A. H. Murphy and R. L. Winkler, "Reliability of subjective probability
 * forecasts", 1977). Bins without answers are left out.
 */
export function reliabilityOf(answers: readonly Answer[]): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, (): Answer[] => []);
  for (const answer of answers) bins[Math.min(BINS - 1, Math.floor(answer.confidence * BINS))]?.push(answer);
  return bins.flatMap((members, at) => {
    const cases = members.length;
    if (cases === 0) return [];
    const hits = members.filter(({ right }) => right).length;
    return {
      from: at / BINS,
      to: (at + 1) / BINS,
      cases,
      confidence: members.reduce((sum, { confidence }) => sum + confidence, 0) / cases,
      right: hits / cases,
      interval: wilsonInterval(hits, cases),
    };
  });
}

/**
 * Expected calibration error: how far confidence is from the share that was right, weighed by answers (Naeini, Cooper and Hauskrecht,
 * "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015). Null of nothing.
 */
export function calibrationErrorOf(bins: readonly ReliabilityBin[]): number | null {
  const all = bins.reduce((sum, { cases }) => sum + cases, 0);
  if (all === 0) return null;
  return bins.reduce((sum, { cases, confidence, right }) => sum + cases * Math.abs(confidence - right), 0) / all;
}

/** Whether answers are as often right as their confidence says, in one word. */
export type Tuning = 'well tuned' | 'too sure' | 'too unsure' | 'not known';

const LEAST_TUNED = 30;

/**
 * `well tuned` when the mean confidence lies within the 95% interval of the share that was right ("calibration in the large"); of fewer
 * than thirty answers nothing is known.
 */
export function tuningOf(answers: readonly Answer[]): Tuning {
  if (answers.length < LEAST_TUNED) return 'not known';
  const said = answers.reduce((sum, { confidence }) => sum + confidence, 0) / answers.length;
  const [low, high] = wilsonInterval(answers.filter(({ right }) => right).length, answers.length);
  return said > high ? 'too sure' : said < low ? 'too unsure' : 'well tuned';
}
