import { HOUR, medianOf, type Reading } from '../anomaly/reading.ts';

type Interval = readonly [low: number, high: number];

/** How fast a metric rises, per hour, and between which bounds with 99.9% confidence. */
export interface Trend {
  readonly perHour: number;
  /** Infinite where too little was seen to tell. */
  readonly interval: Interval;
  /** The same if neighbours were independent, and so narrower: it tells one trend from another, it does not prove one. */
  readonly narrowInterval: Interval;
  /** Where a line of this slope through the middle of the readings is at an instant. */
  levelAt(at: number, perHour: number): number;
  /** The readings, put together to at most sixty, and how far each is from the line. */
  readonly blocks: readonly Reading[];
  readonly residuals: readonly number[];
}

/** Fewer readings than these have no trend. */
export const LEAST_READINGS = 15;
/** Readings are put together to so many blocks: all pairs are compared, and neighbours are less alike then. */
const MOST_BLOCKS = 60;
/** Of the normal distribution, two-sided 99.9%: every metric is looked at again and again. */
const DEVIATIONS = 3.29;
const MOST_ALIKE = 0.95;

/**
 * The median of the slopes of all pairs of readings (P. K. Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", JASA 63, 1968)
 * with Sen's interval from the ranks; its variance is made larger where neighbours are alike (S. Yue and C. Wang, Water Resources Management
 * 18, 2004). Outliers do not move it. Readings in the order of time; null of fewer than fifteen or of a single instant.
 */
export function trendOf(readings: readonly Reading[]): Trend | null {
  if (readings.length < LEAST_READINGS) return null;
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

/** Sen's interval: so many ranks around the median slope as Kendall's statistic of this variance leaves open. */
function intervalOf(slopes: readonly number[], variance: number): Interval {
  const spread = DEVIATIONS * Math.sqrt(variance);
  const low = slopes[Math.floor((slopes.length - spread) / 2)] ?? Number.NEGATIVE_INFINITY;
  const high = slopes[Math.ceil((slopes.length + spread) / 2)] ?? Number.POSITIVE_INFINITY;
  return [low, high];
}

/** Medians of equal stretches of time; stretches without a reading are left out. */
function blocksOf(readings: readonly Reading[]): readonly Reading[] {
  const first = readings[0]?.at ?? 0;
  const width = ((readings.at(-1)?.at ?? 0) - first) / MOST_BLOCKS;
  if (readings.length <= MOST_BLOCKS || width === 0) return readings;
  const places = Map.groupBy(readings, ({ at }) => Math.min(MOST_BLOCKS - 1, Math.floor((at - first) / width)));
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

/** By how much the variance grows when neighbours are alike: (1 + r) / (1 - r) of the first autocorrelation, corrected for few blocks. */
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
  const alike = Math.min(MOST_ALIKE, Math.max(0, measured + (2 + 4 * measured) / count));
  return (1 + alike) / (1 - alike);
}
