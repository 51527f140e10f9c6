import { makeRankedValues } from './ranked-values.ts';

const refitEvery = 25;
const minValues = 20;
const tailShare = 0.05;
const maxDecades = 30;

/** Turns a stream of detector values into scores: how rare such a high value is among earlier ones. */
export interface TailModel {
  /** Score of `value`, -log10 of its tail probability, from earlier values only; then learns it. Values are never negative. */
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
  const ranked = makeRankedValues();
  const tail = new Float64Array(Math.ceil(memory * tailShare) + 1);
  let seen = 0;
  let fit: TailFit = { from: 0, scale: 1, shape: 0 };

  function surprise(value: number, smaller: number, count: number): number {
    if (count < minValues) return 0;
    if (value <= fit.from) return -Math.log10((count - smaller + 1) / (count + 1));
    const excess = (value - fit.from) / fit.scale;
    const decades = fit.shape < 1e-3 ? excess / Math.LN10 : Math.log10(1 + fit.shape * excess) / fit.shape;
    return Math.min(-Math.log10(tailShare) + decades, maxDecades);
  }

  return {
    next(value) {
      const count = ranked.size();
      const result = surprise(value, ranked.add(value), count);
      if (count === memory) ranked.remove(ring[seen % memory] as number);
      ring[seen % memory] = value;
      seen += 1;
      if (seen % (seen < 4 * refitEvery ? 5 : refitEvery) === 0) {
        const length = ranked.from(Math.floor(ranked.size() * (1 - tailShare)), tail);
        fit = fitTail(tail, length, minScale);
      }
      return result;
    },
  };
}

/** Fits the first `count` values of the tail, which are ascending. */
function fitTail(tail: Float64Array, count: number, minScale: number): TailFit {
  const from = tail[0] as number;
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < count; index += 1) {
    const excess = (tail[index] as number) - from;
    sum += excess;
    squares += excess * excess;
  }
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  // A heavier tail would describe a handful of values rather than the stream; a bounded tail is never assumed.
  const shape = variance > 0 && mean > 0 ? Math.min(0.5, Math.max(0, 0.5 * (1 - (mean * mean) / variance))) : 0;
  return { from, scale: Math.max(mean * (1 - shape), minScale + 0.02 * Math.abs(from)), shape };
}
