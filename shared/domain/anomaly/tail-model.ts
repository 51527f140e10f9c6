const refitEvery = 25;
const minValues = 20;
const tailShare = 0.05;
const maxDecades = 30;

/** Turns a stream of detector values into scores: how rare such a high value is among earlier ones. */
export interface TailModel {
  /** Score of `value`, -log10 of its tail probability, from earlier values only; then learns it. */
  next(value: number): number;
}

interface TailFit {
  readonly from: number;
  readonly scale: number;
  readonly shape: number;
}

/**
 * Peaks over threshold, after Siffer et al., "Anomaly Detection in Streams with Extreme Value Theory" (KDD 2017): below
 * the 95th percentile the empirical rank counts, above it a generalised Pareto tail fitted by its first two moments.
 * Keeps the last `memory` values, sorted. `minScale` bounds the tail's scale from below, in the unit of the values.
 */
export function makeTailModel(memory: number, minScale = 1e-9): TailModel {
  const ring = new Float64Array(memory);
  const sorted = new Float64Array(memory);
  let seen = 0;
  let fit: TailFit = { from: 0, scale: 1, shape: 0 };

  function surprise(value: number, count: number): number {
    if (value <= fit.from) return -Math.log10((count - rankOf(sorted, count, value) + 1) / (count + 1));
    const excess = (value - fit.from) / fit.scale;
    const decades = fit.shape < 1e-3 ? excess / Math.LN10 : Math.log10(1 + fit.shape * excess) / fit.shape;
    return Math.min(-Math.log10(tailShare) + decades, maxDecades);
  }

  function learn(value: number): void {
    let count = Math.min(seen, memory);
    if (count === memory) {
      const oldest = rankOf(sorted, count, ring[seen % memory] ?? 0);
      sorted.copyWithin(oldest, oldest + 1, count);
      count -= 1;
    }
    const at = rankOf(sorted, count, value);
    sorted.copyWithin(at + 1, at, count);
    sorted[at] = value;
    ring[seen % memory] = value;
    seen += 1;
    if (seen % (seen < 4 * refitEvery ? 5 : refitEvery) === 0) fit = fitTail(sorted, count + 1, minScale);
  }

  return {
    next(value) {
      const count = Math.min(seen, memory);
      const result = count < minValues ? 0 : surprise(value, count);
      learn(value);
      return result;
    },
  };
}

/** How many of the first `count` ascending values are smaller than `value`. */
function rankOf(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fitTail(sorted: Float64Array, length: number, minScale: number): TailFit {
  const start = Math.floor(length * (1 - tailShare));
  const from = sorted[start] ?? 0;
  const count = length - start;
  let sum = 0;
  let squares = 0;
  for (let index = start; index < length; index += 1) {
    const excess = (sorted[index] ?? 0) - from;
    sum += excess;
    squares += excess * excess;
  }
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  // A heavier tail would describe a handful of values rather than the stream; a bounded tail is never assumed.
  const shape = variance > 0 && mean > 0 ? Math.min(0.5, Math.max(0, 0.5 * (1 - (mean * mean) / variance))) : 0;
  return { from, scale: Math.max(mean * (1 - shape), minScale + 0.02 * Math.abs(from)), shape };
}
