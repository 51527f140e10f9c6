import { betaQuantile } from './beta.ts';

/** Arithmetic mean; `NaN` without values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a sample (divisor n - 1); 0 for fewer than two values. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** The middle value, or the mean of the two in the middle; `NaN` without values. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The smallest value that this share of the values does not exceed (nearest rank); `NaN` without values. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The value that Student's t exceeds with the probability `tail`, 0 to 0.5 (Student, "The probable error of a mean", 1908). */
export function studentQuantile(degreesOfFreedom: number, tail: number): number {
  const share = betaQuantile(2 * tail, degreesOfFreedom / 2, 0.5);
  return Math.sqrt((degreesOfFreedom * (1 - share)) / share);
}

/**
 * The sample without its most extreme value, when that is an outlier by Grubbs' two-sided test at the level `significance` (F. E. Grubbs, "Sample
 * criteria for testing outlying observations", 1950); otherwise the whole sample. Fewer than five values tell nothing.
 */
export function withoutOutlier(values: readonly number[], significance: number): readonly number[] {
  const n = values.length;
  const deviation = deviationOf(values);
  if (n < 5 || deviation === 0) return values;
  const mean = meanOf(values);
  const distances = values.map((value) => Math.abs(value - mean) / deviation);
  const greatest = Math.max(...distances);
  const t = studentQuantile(n - 2, significance / (2 * n));
  const critical = ((n - 1) / Math.sqrt(n)) * Math.sqrt(t ** 2 / (n - 2 + t ** 2));
  return greatest > critical ? values.toSpliced(distances.indexOf(greatest), 1) : values;
}
