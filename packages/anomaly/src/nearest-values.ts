import type { History } from './history.ts';
import { placeOf } from './ranked-values.ts';

/** Distance of the latest values of a history from the nearest earlier ones, over the last `lags` rows. */
export interface NearestValues {
  /** Call after each push to the history. */
  update(): void;
  /** Distance to the nearest earlier value; 0 without one. */
  nearestValue(): number;
  /** Root mean square distance of the last three values from the nearest earlier three that do not overlap; 0 without any. */
  nearestSection(): number;
}

const WIDTH = 3;

/**
 * Keeps the values sorted. The nearest one is beside the latest; the nearest section is searched from there outwards and
 * ends where the last values alone differ by more than the best section so far (projection on one axis: Friedman,
 * Baskett and Shustek, "An Algorithm for Finding Nearest Neighbors", IEEE Trans. Computers C-24, 1975). The history must
 * hold more than `lags + 1` values.
 */
export function makeNearestValues(history: History, lags: number): NearestValues {
  return new Sorted(history, lags);
}

class Sorted implements NearestValues {
  readonly #history: History;
  readonly #lags: number;
  readonly #sorted: Float64Array;
  /** The row of each sorted value; rows of equal values ascend. */
  readonly #rows: Int32Array;
  #count = 0;
  /** Where the latest value belongs. It is added when the next one comes. */
  #place = 0;
  /** How many rows before the latest section the nearest one was found. */
  #nearestLag = 0;

  constructor(history: History, lags: number) {
    this.#history = history;
    this.#lags = lags;
    this.#sorted = new Float64Array(lags + 1);
    this.#rows = new Int32Array(lags + 1);
  }

  update(): void {
    const rows = this.#history.rows();
    if (rows > 1) this.#add(this.#history.at(1), rows - 1);
    this.#place = placeOf(this.#history.at(0), this.#sorted, 0, this.#count, 1);
  }

  nearestValue(): number {
    if (this.#count === 0) return 0;
    const value = this.#history.at(0);
    const place = this.#place;
    const below = place > 0 ? value - (this.#sorted[place - 1] as number) : Number.POSITIVE_INFINITY;
    const above = place < this.#count ? (this.#sorted[place] as number) - value : Number.POSITIVE_INFINITY;
    return Math.min(below, above);
  }

  nearestSection(): number {
    // The section that follows the nearest one of the row before is often as near, and ends the search sooner.
    const isThere = this.#nearestLag >= WIDTH && this.#nearestLag <= Math.min(this.#lags, this.#history.rows() - WIDTH);
    const likely = isThere ? this.#squaresAt(this.#nearestLag) : Number.POSITIVE_INFINITY;
    const best = this.#nearestFrom(this.#place, 1, this.#nearestFrom(this.#place - 1, -1, likely));
    return best === Number.POSITIVE_INFINITY ? 0 : Math.sqrt(best / WIDTH);
  }

  #add(value: number, row: number): void {
    let at = this.#place;
    if (this.#count < this.#lags) {
      this.#move(at, this.#count, 1);
      this.#count += 1;
    } else {
      const oldest = placeOf(this.#history.at(this.#lags + 1), this.#sorted, 0, this.#count);
      if (oldest < at) {
        this.#move(oldest + 1, at, -1);
        at -= 1;
      } else this.#move(at, oldest, 1);
    }
    this.#sorted[at] = value;
    this.#rows[at] = row;
  }

  /** Moves what lies from `from` up to `to` by one place, in both arrays. */
  #move(from: number, to: number, by: 1 | -1): void {
    this.#sorted.copyWithin(from + by, from, to);
    this.#rows.copyWithin(from + by, from, to);
  }

  /** Squared distance of the latest section from the one `lag` rows earlier. */
  #squaresAt(lag: number): number {
    let sum = 0;
    for (let back = 0; back < WIDTH; back += 1) {
      const difference = this.#history.at(back) - this.#history.at(back + lag);
      sum += difference * difference;
    }
    return sum;
  }

  /** The squared distance of the nearest section whose last value is one of those from `start` on, or `enough` if none is nearer. */
  #nearestFrom(start: number, step: 1 | -1, enough: number): number {
    const sorted = this.#sorted;
    const rowsOf = this.#rows;
    const count = this.#count;
    const { values } = this.#history;
    const latest = this.#history.latest();
    const value = values[latest] as number;
    const second = latest - 1;
    const secondValue = values[second] as number;
    const third = latest - 2;
    const thirdValue = values[third] as number;
    const rows = this.#history.rows();
    const longest = rows - WIDTH;
    let best = enough;
    for (let at = start; at >= 0 && at < count; at += step) {
      const difference = value - (sorted[at] as number);
      const square = difference * difference;
      if (square >= best) break;
      const lag = rows - (rowsOf[at] as number);
      if (lag < WIDTH || lag > longest) continue;
      // All three in any case: to end the sum sooner would be mispredicted too often.
      const before = secondValue - (values[second - lag] as number);
      const first = thirdValue - (values[third - lag] as number);
      const sum = square + before * before + first * first;
      if (sum >= best) continue;
      best = sum;
      this.#nearestLag = lag;
    }
    return best;
  }
}
