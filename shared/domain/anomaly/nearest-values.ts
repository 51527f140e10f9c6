import type { History } from './history.ts';
import { placeOf } from './ranked-values.ts';

/** Distance of the latest values of a history from the nearest earlier ones, over the last `lags` rows. */
export interface NearestValues {
  /** Call after each push to the history. */
  update(): void;
  /** Distance to the nearest earlier value; 0 without one. */
  nearestValue(): number;
  /** Root mean square distance of the last `width` values from the nearest earlier section that does not overlap; 0 without one. */
  nearestSection(width: number): number;
}

/**
 * Keeps the values sorted. The nearest one is beside the latest; the nearest section is searched from there outwards and
 * ends where the last values alone differ by more than the best section so far (projection on one axis: Friedman,
 * Baskett and Shustek, "An Algorithm for Finding Nearest Neighbors", IEEE Trans. Computers C-24, 1975). The history must
 * hold more than `lags + 1` values.
 */
export function makeNearestValues(history: History, lags: number): NearestValues {
  const sorted = new Float64Array(lags + 1);
  /** The row of each sorted value; rows of equal values ascend. */
  const rowsOf = new Int32Array(lags + 1);
  let count = 0;
  /** Where the latest value belongs. It is added when the next one comes. */
  let place = 0;
  /** How many rows before the latest section the nearest one was found. */
  let nearestLag = 0;

  /** Moves what lies from `from` up to `to` by one place, in both arrays. */
  function move(from: number, to: number, by: 1 | -1): void {
    sorted.copyWithin(from + by, from, to);
    rowsOf.copyWithin(from + by, from, to);
  }

  function add(value: number, row: number): void {
    let at = place;
    if (count < lags) {
      move(at, count, 1);
      count += 1;
    } else {
      const oldest = placeOf(history.at(lags + 1), sorted, 0, count);
      if (oldest < at) {
        move(oldest + 1, at, -1);
        at -= 1;
      } else move(at, oldest, 1);
    }
    sorted[at] = value;
    rowsOf[at] = row;
  }

  /** Squared distance of the latest `width` values from those `lag` rows earlier. */
  function squaresAt(lag: number, width: number): number {
    const { values } = history;
    const latest = history.latest();
    let sum = 0;
    for (let at = latest; at > latest - width; at -= 1) {
      const difference = (values[at] as number) - (values[at - lag] as number);
      sum += difference * difference;
    }
    return sum;
  }

  /** The squared distance of the nearest section whose last value is one of those from `start` on, or `enough` if none is nearer. */
  function nearestFrom(start: number, step: 1 | -1, width: number, enough: number): number {
    const rows = history.rows();
    const value = history.at(0);
    const longest = rows - width;
    const { values } = history;
    const latest = history.latest();
    let best = enough;
    for (let at = start; at >= 0 && at < count; at += step) {
      const difference = value - (sorted[at] as number);
      if (difference * difference >= best) break;
      const lag = rows - (rowsOf[at] as number);
      if (lag < width || lag > longest) continue;
      let sum = difference * difference;
      for (let row = latest - 1; row > latest - width; row -= 1) {
        const other = (values[row] as number) - (values[row - lag] as number);
        sum += other * other;
      }
      if (sum >= best) continue;
      best = sum;
      nearestLag = lag;
    }
    return best;
  }

  return {
    update() {
      const rows = history.rows();
      if (rows > 1) add(history.at(1), rows - 1);
      place = placeAfter(history.at(0), sorted, count);
    },
    nearestValue() {
      const value = history.at(0);
      const below = place > 0 ? value - (sorted[place - 1] as number) : Number.POSITIVE_INFINITY;
      const above = place < count ? (sorted[place] as number) - value : Number.POSITIVE_INFINITY;
      return count === 0 ? 0 : Math.min(below, above);
    },
    nearestSection(width) {
      // The section that follows the nearest one of the row before is often as near, and ends the search sooner.
      const isThere = nearestLag >= width && nearestLag <= Math.min(lags, history.rows() - width);
      const likely = isThere ? squaresAt(nearestLag, width) : Number.POSITIVE_INFINITY;
      const best = nearestFrom(place, 1, width, nearestFrom(place - 1, -1, width, likely));
      return best === Number.POSITIVE_INFINITY ? 0 : Math.sqrt(best / width);
    },
  };
}

/** How many of the first `count` ascending values are at most `value`. */
function placeAfter(value: number, ascending: Float64Array, count: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
