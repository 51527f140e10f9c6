import type { History } from './history.ts';

const recomputeEvery = 512;

/** Distance of the latest `width` values from each earlier section of the same width. */
export interface LagDistances {
  /** Call after each push to the history. */
  update(): void;
  /** Root mean square distance to the nearest earlier section that does not overlap; 0 while there is none. */
  nearest(): number;
  /** The same among sections `period` rows ago, two periods ago and so on, each within three rows. */
  nearestInSeason(period: number): number;
}

const slack = 3;

/**
 * A left matrix profile, one step per row: each lag's squared distance changes by the value that enters and the one
 * that leaves (Yeh et al., "Matrix Profile I", ICDM 2016; left discords, Lu et al., "DAMP", KDD 2022). Not normalised,
 * because a new level is anomalous too. Costs `lags` steps per row. The history must hold at least `lags + width`
 * values.
 */
export function makeLagDistances(history: History, width: number, lags: number): LagDistances {
  const squares = new Float64Array(lags + 1);
  let rows = 0;
  let best = Number.POSITIVE_INFINITY;

  function startAgain(farthest: number): void {
    for (let lag = 1; lag <= farthest; lag += 1) {
      let sum = 0;
      const stretch = Math.min(width, rows - lag);
      for (let back = 0; back < stretch; back += 1) sum += (history.at(back) - history.at(back + lag)) ** 2;
      squares[lag] = sum;
    }
  }

  function step(farthest: number): void {
    const values = history.values;
    const latest = history.latest();
    const entered = values[latest] ?? 0;
    const left = values[latest - width] ?? 0;
    const farthestLeft = rows - width - 1;
    for (let lag = 1; lag <= farthest; lag += 1) {
      const entering = entered - (values[latest - lag] ?? 0);
      const leaving = lag <= farthestLeft ? left - (values[latest - width - lag] ?? 0) : 0;
      squares[lag] = (squares[lag] ?? 0) + entering * entering - leaving * leaving;
    }
  }

  const rootMean = (square: number): number =>
    square === Number.POSITIVE_INFINITY ? 0 : Math.sqrt(Math.max(0, square) / width);
  const comparable = (lag: number): boolean => lag >= width && lag <= lags && lag + width <= rows;

  return {
    update() {
      rows += 1;
      best = Number.POSITIVE_INFINITY;
      const farthest = Math.min(lags, rows - 1);
      // Adding and subtracting leaves rounding errors, which a huge value would make permanent.
      if (rows % recomputeEvery === 0) startAgain(farthest);
      else step(farthest);
      const farthestWhole = Math.min(lags, rows - width);
      for (let lag = width; lag <= farthestWhole; lag += 1) {
        const square = squares[lag] ?? 0;
        if (square < best) best = square;
      }
    },
    nearest: () => rootMean(best),
    nearestInSeason(period) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let centre = period; centre <= lags; centre += period) {
        for (let lag = centre - slack; lag <= centre + slack; lag += 1) {
          if (comparable(lag)) nearest = Math.min(nearest, squares[lag] ?? nearest);
        }
      }
      return rootMean(nearest === Number.POSITIVE_INFINITY ? best : nearest);
    },
  };
}
