import { HOUR, medianOf, type Reading } from '@selfheal/anomaly/reading.ts';

type Interval = readonly [low: number, high: number];

/** How fast a metric rises per hour, with 99.9% bounds. */
export interface Trend {
  readonly perHour: number;
  /** Infinite when too few readings were seen. */
  readonly interval: Interval;
  /**
   * The same bounds under the assumption of independent neighbours, so narrower: good enough to tell two trends apart,
   * not to prove one.
   */
  readonly narrowInterval: Interval;
  /** Value at an instant of a line with this slope through the middle of the readings. */
  levelAt(at: number, perHour: number): number;
  /** The readings, merged into at most sixty, and their distances from the line. */
  readonly blocks: readonly Reading[];
  readonly residuals: readonly number[];
}

/** Fewer readings have no trend. */
export const MIN_READINGS = 15;
/**
 * Readings are merged into this many blocks, because all pairs are compared, and neighbouring blocks are less
 * correlated.
 */
const MAX_BLOCKS = 60;
/** Of the normal distribution, two-sided 99.9%: every metric is tested again and again. */
const DEVIATIONS = 3.29;
const MAX_CORRELATION = 0.95;

/**
 * The median of the slopes of all pairs of readings (P. K. Sen, "Estimates of the Regression Coefficient Based on
 * Kendall's Tau", JASA 63, 1968) with Sen's interval from the ranks; its variance is increased where neighbours are
 * correlated (S. Yue and C. Wang, Water Resources Management 18, 2004). Robust against outliers. Readings in order of
 * time; null for fewer than fifteen or a single instant.
 */
export function trendOf(readings: readonly Reading[]): Trend | null {
  if (readings.length < MIN_READINGS) return null;
  const blocks = blocksOf(readings);
  const slopes = slopesOf(blocks);
  const perHour = medianOf(slopes);
  if (Number.isNaN(perHour)) return null;
  const levelAt = (at: number, slope: number): number =>
    medianOf(blocks.map((block) => block.value + (slope * (at - block.at)) / HOUR));
  const start = blocks[0]?.at ?? 0;
  const level = levelAt(start, perHour);
  const residuals = blocks.map(({ at, value }) => value - level - (perHour * (at - start)) / HOUR);
  const count = blocks.length;
  const variance = (count * (count - 1) * (2 * count + 5)) / 18;
  return {
    perHour,
    interval: intervalOf(slopes, variance * inflationOf(residuals)),
    narrowInterval: intervalOf(slopes, variance),
    levelAt,
    blocks,
    residuals,
  };
}

/** Sen's interval: the ranks around the median slope that Kendall's statistic with this variance leaves open. */
function intervalOf(slopes: readonly number[], variance: number): Interval {
  const spread = DEVIATIONS * Math.sqrt(variance);
  const low = slopes[Math.floor((slopes.length - spread) / 2)] ?? Number.NEGATIVE_INFINITY;
  const high = slopes[Math.ceil((slopes.length + spread) / 2)] ?? Number.POSITIVE_INFINITY;
  return [low, high];
}

/** Medians of equal periods; periods without a reading are left out. */
function blocksOf(readings: readonly Reading[]): readonly Reading[] {
  const first = readings[0]?.at ?? 0;
  const width = ((readings.at(-1)?.at ?? 0) - first) / MAX_BLOCKS;
  if (readings.length <= MAX_BLOCKS || width === 0) return readings;
  const places = Map.groupBy(readings, ({ at }) => Math.min(MAX_BLOCKS - 1, Math.floor((at - first) / width)));
  return [...places.values()].map((inside) => ({
    at: medianOf(inside.map(({ at }) => at)),
    value: medianOf(inside.map(({ value }) => value)),
  }));
}

function slopesOf(blocks: readonly Reading[]): number[] {
  const slopes: number[] = [];
  for (const [index, later] of blocks.entries()) {
    for (let before = 0; before < index; before += 1) {
      const earlier = blocks[before] as Reading;
      if (later.at > earlier.at) slopes.push((HOUR * (later.value - earlier.value)) / (later.at - earlier.at));
    }
  }
  return slopes.sort((a, b) => a - b);
}

/**
 * Factor by which correlated neighbours increase the variance: (1 + r) / (1 - r) of the first autocorrelation,
 * corrected for few blocks.
 */
function inflationOf(residuals: readonly number[]): number {
  const count = residuals.length;
  const mean = residuals.reduce((sum, one) => sum + one, 0) / count;
  let squares = 0;
  let products = 0;
  for (const [index, one] of residuals.entries()) {
    squares += (one - mean) ** 2;
    if (index > 0) products += (one - mean) * ((residuals[index - 1] ?? 0) - mean);
  }
  if (squares === 0) return 1;
  const measured = products / squares;
  const alike = Math.min(MAX_CORRELATION, Math.max(0, measured + (2 + 4 * measured) / count));
  return (1 + alike) / (1 - alike);
}
