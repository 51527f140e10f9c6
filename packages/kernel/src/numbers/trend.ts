import { medianOf } from './sample.ts';

/** A value at a time; times in any unit. */
export interface TimedValue {
  readonly at: number;
  readonly value: number;
}

export interface Trend {
  /** Change per unit of time (Theil-Sen). */
  readonly slope: number;
  /** Two-sided probability of such an order of values without a trend (Mann-Kendall). */
  readonly p: number;
}

/** Fewer values show no trend: the normal approximation does not hold. */
export const MIN_TREND_VALUES = 8;
/** All pairs are compared. */
const MAX_VALUES = 400;

/**
 * The trend of a series, by order of time: the median of the slopes between all pairs (H. Theil, 1950; P. K. Sen, "Estimates of the regression
 * coefficient based on Kendall's tau", JASA 63, 1968), and Mann's test with the correction for ties (H. B. Mann, 1945; M. G. Kendall, "Rank
 * correlation methods", 1975). Neither minds outliers or skewed noise. Null for fewer than eight values.
 */
export function trendOf(series: readonly TimedValue[]): Trend | null {
  const values = series.toSorted((a, b) => a.at - b.at).slice(-MAX_VALUES);
  const n = values.length;
  if (n < MIN_TREND_VALUES) return null;
  const slopes: number[] = [];
  let score = 0;
  values.forEach((later, index) => {
    for (const earlier of values.slice(0, index)) {
      score += Math.sign(later.value - earlier.value);
      if (later.at > earlier.at) slopes.push((later.value - earlier.value) / (later.at - earlier.at));
    }
  });
  if (slopes.length === 0) return null;
  const ties = [...Map.groupBy(values, ({ value }) => value).values()].map(({ length }) => length);
  const spread = (count: number): number => count * (count - 1) * (2 * count + 5);
  const variance = (spread(n) - ties.reduce((sum, count) => sum + spread(count), 0)) / 18;
  const z = variance <= 0 ? 0 : Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance);
  return { slope: medianOf(slopes), p: 2 * normalTail(z) };
}

/** Probability that a standard normal value exceeds `z >= 0`, to 1.5e-7 (M. Abramowitz and I. A. Stegun, 7.1.26). */
export function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const terms = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return 0.5 * terms.reduce((sum, term) => (sum + term) * t, 0) * Math.exp(-x * x);
}
