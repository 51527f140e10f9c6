import * as z from 'zod';
import { wilsonInterval } from './proportion.ts';

/** An answer with its confidence, 0 to 1, and whether it was right. */
export interface Answer {
  readonly confidence: number;
  readonly right: boolean;
}

/** One bar of the reliability diagram: answers with about the same confidence, and how many of them were right. */
export const ReliabilityBin = z.object({
  /** Bounds of the confidence; the last bin includes 1. */
  from: z.number(),
  to: z.number(),
  cases: z.number().int(),
  confidence: z.number(),
  right: z.number(),
  /** Wilson's 95% interval of the share that was right. */
  interval: z.tuple([z.number(), z.number()]).readonly(),
});
export type ReliabilityBin = z.infer<typeof ReliabilityBin>;

const BINS = 10;

/**
 * Mean squared distance between confidence and outcome: 0 is best, 0.25 is what a constant 0.5 gets (G. W. Brier,
 * "Verification of forecasts expressed in terms of probability", 1950). Null without answers.
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
 * Expected calibration error: distance of confidence from the share that was right, weighted by the number of answers
 * (Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015). Null
 * without answers.
 */
export function calibrationErrorOf(bins: readonly ReliabilityBin[]): number | null {
  const all = bins.reduce((sum, { cases }) => sum + cases, 0);
  if (all === 0) return null;
  return bins.reduce((sum, { cases, confidence, right }) => sum + cases * Math.abs(confidence - right), 0) / all;
}

/** In one word, whether answers are right as often as their confidence says. */
export const Tuning = z.enum(['well tuned', 'too sure', 'too unsure', 'not known']);
export type Tuning = z.infer<typeof Tuning>;

const MIN_TUNING_CASES = 30;

/**
 * `well tuned` when the mean confidence is within the 95% interval of the share that was right ("calibration in the
 * large"); unknown with fewer than thirty answers.
 */
export function tuningOf(answers: readonly Answer[]): Tuning {
  if (answers.length < MIN_TUNING_CASES) return 'not known';
  const said = answers.reduce((sum, { confidence }) => sum + confidence, 0) / answers.length;
  const [low, high] = wilsonInterval(answers.filter(({ right }) => right).length, answers.length);
  return said > high ? 'too sure' : said < low ? 'too unsure' : 'well tuned';
}
