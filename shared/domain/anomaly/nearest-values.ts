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
      const oldest = placeOf(history.at(lags + 1), sorted, count);
      if (oldest < at) {
        move(oldest + 1, at, -1);
        at -= 1;
      } else move(at, oldest, 1);
    }
    sorted[at] = value;
    rowsOf[at] = row;
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
      const { values } = history;
      const latest = history.latest();
      const rows = history.rows();
      const value = values[latest] as number;
      let best = Number.POSITIVE_INFINITY;
      for (let low = place - 1, high = place; low >= 0 || high < count; ) {
        const below = low >= 0 ? value - (sorted[low] as number) : Number.POSITIVE_INFINITY;
        const above = high < count ? (sorted[high] as number) - value : Number.POSITIVE_INFINITY;
        const distance = Math.min(below, above);
        let sum = distance * distance;
        if (sum >= best) break;
        const lag = rows - (rowsOf[below <= above ? low-- : high++] as number);
        if (lag < width || lag + width > rows) continue;
        for (let at = latest - 1; at > latest - width && sum < best; at -= 1) {
          const difference = (values[at] as number) - (values[at - lag] as number);
          sum += difference * difference;
        }
        best = Math.min(best, sum);
      }
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
