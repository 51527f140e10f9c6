import { medianOf, type Reading } from '@selfheal/anomaly/reading.ts';
import type { Trend } from './trend.ts';

/** Blocks on each side of a step. */
const MIN_SIDE = 3;

/**
 * The readings after a step, if two levels fit better than the trend (by the sum of absolute distances): a metric that
 * jumped and stays does not keep rising. Null when the trend fits better.
 */
export function afterStep(readings: readonly Reading[], { blocks, residuals }: Trend): readonly Reading[] | null {
  const values = blocks.map(({ value }) => value);
  let least = sumOf(residuals.map(Math.abs));
  let stepAt: number | null = null;
  for (let split = MIN_SIDE; split <= values.length - MIN_SIDE; split += 1) {
    const distance = distanceFromLevel(values.slice(0, split)) + distanceFromLevel(values.slice(split));
    if (distance >= least) continue;
    least = distance;
    stepAt = blocks[split]?.at ?? null;
  }
  const step = stepAt;
  return step === null ? null : readings.filter(({ at }) => at >= step);
}

function distanceFromLevel(values: readonly number[]): number {
  const level = medianOf(values);
  return sumOf(values.map((value) => Math.abs(value - level)));
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
