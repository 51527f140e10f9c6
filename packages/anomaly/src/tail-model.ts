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
  return new Tail(memory, minScale);
}

// Fields of a class, because a number that a closure returns or assigns is allocated each time.
class Tail implements TailModel {
  readonly #ring: Float64Array;
  readonly #ranked = makeRankedValues();
  readonly #tail: Float64Array;
  readonly #minScale: number;
  #seen = 0;
  #fit: TailFit = { from: 0, scale: 1, shape: 0 };

  constructor(memory: number, minScale: number) {
    this.#ring = new Float64Array(memory);
    this.#tail = new Float64Array(Math.ceil(memory * tailShare) + 1);
    this.#minScale = minScale;
  }

  next(value: number): number {
    const ring = this.#ring;
    const ranked = this.#ranked;
    const count = ranked.size();
    const result = this.#surprise(value, ranked.add(value), count);
    const place = this.#seen % ring.length;
    if (count === ring.length) ranked.remove(ring[place] as number);
    ring[place] = value;
    this.#seen += 1;
    if (this.#seen % (this.#seen < 4 * refitEvery ? 5 : refitEvery) === 0) {
      const length = ranked.from(Math.floor(ranked.size() * (1 - tailShare)), this.#tail);
      this.#fit = fitTail(this.#tail, length, this.#minScale);
    }
    return result;
  }

  #surprise(value: number, smaller: number, count: number): number {
    if (count < minValues) return 0;
    const { from, scale, shape } = this.#fit;
    if (value <= from) return -Math.log10((count - smaller + 1) / (count + 1));
    const excess = (value - from) / scale;
    const decades = shape < 1e-3 ? excess / Math.LN10 : Math.log10(1 + shape * excess) / shape;
    return Math.min(-Math.log10(tailShare) + decades, maxDecades);
  }
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
