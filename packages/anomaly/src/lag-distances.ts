import type { History } from './history.ts';

const recomputeEvery = 512;
/** Seasons back that are compared with, and rows around each of them. */
const maxSeasons = 12;
const slack = 3;

/** Distance of the latest `width` values from earlier sections of the same width. */
export interface LagDistances {
  /**
   * Root mean square distance from the nearest section that begins one of `lags` rows earlier, does not overlap and lies
   * within the history; null where there is none. Fast when the same array is asked for in every row.
   */
  nearest(lags: Int32Array): number | null;
}

/**
 * A left matrix profile, one step per row: each lag's squared distance changes by the value that enters and the one
 * that leaves (Yeh et al., "Matrix Profile I", ICDM 2016; left discords, Lu et al., "DAMP", KDD 2022). Not normalised,
 * because a new level is anomalous too. The history must hold at least `width` values more than the longest lag.
 */
export function makeLagDistances(history: History, width: number): LagDistances {
  return new Followed(history, width);
}

class Followed implements LagDistances {
  readonly #history: History;
  readonly #width: number;
  #lags: Int32Array = new Int32Array(0);
  #squares = new Float64Array(0);
  #computedAt = 0;

  constructor(history: History, width: number) {
    this.#history = history;
    this.#width = width;
  }

  nearest(lags: Int32Array): number | null {
    const rows = this.#history.rows();
    // Adding and subtracting leaves rounding errors, which a huge value would make permanent.
    const isNew = lags !== this.#lags || this.#computedAt !== rows - 1 || rows % recomputeEvery === 0;
    if (isNew) this.#startAgain(lags, rows);
    const best = isNew ? this.#least(rows) : this.#step(rows);
    this.#computedAt = rows;
    return best === Number.POSITIVE_INFINITY ? null : Math.sqrt(Math.max(0, best) / this.#width);
  }

  #startAgain(lags: Int32Array, rows: number): void {
    const width = this.#width;
    const { values } = this.#history;
    const latest = this.#history.latest();
    if (lags !== this.#lags) this.#squares = new Float64Array(lags.length);
    this.#lags = lags;
    for (let at = 0; at < lags.length && (lags[at] as number) < rows; at += 1) {
      const lag = lags[at] as number;
      let sum = 0;
      for (let back = 0; back < width && back + lag < rows; back += 1) {
        const difference = (values[latest - back] as number) - (values[latest - back - lag] as number);
        sum += difference * difference;
      }
      this.#squares[at] = sum;
    }
  }

  /** Brings each squared distance to the latest row; returns the least of those that count. */
  #step(rows: number): number {
    const lags = this.#lags;
    const squares = this.#squares;
    const width = this.#width;
    const { values } = this.#history;
    const latest = this.#history.latest();
    const before = latest - width;
    const entered = values[latest] as number;
    const left = values[before] as number;
    const longest = rows - width;
    let best = Number.POSITIVE_INFINITY;
    for (let at = 0; at < lags.length; at += 1) {
      const lag = lags[at] as number;
      if (lag >= rows) break;
      const entering = entered - (values[latest - lag] as number);
      const leaving = lag < longest ? left - (values[before - lag] as number) : 0;
      const square = (squares[at] as number) + entering * entering - leaving * leaving;
      squares[at] = square;
      if (square < best && lag >= width && lag <= longest) best = square;
    }
    return best;
  }

  #least(rows: number): number {
    const longest = rows - this.#width;
    let best = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#lags.length && (this.#lags[at] as number) <= longest; at += 1) {
      const square = this.#squares[at] as number;
      if (square < best && (this.#lags[at] as number) >= this.#width) best = square;
    }
    return best;
  }
}

/** The multiples of `stride` up to `longest`. */
export function everyLag(stride: number, longest: number): Int32Array {
  return Int32Array.from({ length: Math.floor(longest / stride) }, (_, at) => (at + 1) * stride);
}

/** The lags around one period, two periods and so on, each within three rows, ascending up to `longest`. */
export function seasonLags(period: number, longest: number): Int32Array {
  const lags = new Set<number>();
  for (let season = 1; season <= maxSeasons; season += 1) {
    for (let lag = season * period - slack; lag <= season * period + slack; lag += 1) {
      if (lag > 0 && lag <= longest) lags.add(lag);
    }
  }
  return Int32Array.from(lags).sort();
}
