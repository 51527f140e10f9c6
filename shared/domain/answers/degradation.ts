import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';

/** Accuracy of the model at promotion: right answers of so many. */
export interface PromisedAccuracy {
  readonly hits: number;
  readonly cases: number;
}

export const Degradation = z.object({
  degraded: z.boolean(),
  /** Of the sequential test; at `limit` it raises the alarm. */
  statistic: z.number(),
  limit: z.number(),
  /** The accuracy that is tested against: the lower end of the promise's 95% interval. */
  against: z.number(),
  /** Accuracy of the last hundred answers with a known outcome; null without any. */
  recent: z.number().nullable(),
});
export type Degradation = z.infer<typeof Degradation>;

/** Sizes of loss in points that are tested: small ones are found slowly, large ones at once. */
const LOSSES = [0.05, 0.1, 0.2, 0.3] as const;
/** A smaller loss is not reported. */
export const MIN_LOSS = 0.05;
const MIN_JUDGED = 10;
export const ROLLING = 100;
/** Minimum average number of answers between two false alarms of one claim. */
const BETWEEN_FALSE_ALARMS = 4000;
/** The test needs a distance between the promise and 0 or 1. */
const inside = (share: number): number => Math.min(0.99, Math.max(0.02, share));

/**
 * Whether answers got worse than promised, in order of their outcomes. A Shiryaev-Roberts e-detector (J. Shin, A.
 * Ramdas and A. Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", 2022): the statistic
 * sums, over every moment at which a loss may have begun, the likelihood of a loss against the promise, averaged over
 * four sizes of loss. It may be computed after every answer, for years: while the accuracy is at least the promise, at
 * least `BETWEEN_FALSE_ALARMS` answers pass between false alarms on average. The loss must also be five points over the
 * last hundred.
 */
export function degradationOf(rights: readonly boolean[], promise: PromisedAccuracy): Degradation {
  const against = inside(wilsonInterval(promise.hits, promise.cases)[0]);
  const losses = LOSSES.map((loss) => Math.max(0.01, against - loss));
  const sums = losses.map(() => 0);
  for (const right of rights) {
    losses.forEach((less, at) => {
      const likelihood = right ? less / against : (1 - less) / (1 - against);
      sums[at] = ((sums[at] ?? 0) + 1) * likelihood;
    });
  }
  const statistic = sums.reduce((sum, one) => sum + one, 0) / sums.length;
  const last = rights.slice(-ROLLING);
  const recent = last.length === 0 ? null : last.filter((right) => right).length / last.length;
  const lost = recent !== null && against - recent > MIN_LOSS;
  return {
    degraded: rights.length >= MIN_JUDGED && statistic >= BETWEEN_FALSE_ALARMS && lost,
    statistic,
    limit: BETWEEN_FALSE_ALARMS,
    against,
    recent,
  };
}
