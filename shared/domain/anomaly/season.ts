import { makeHistory } from './history.ts';

/** Learns online whether a series is periodic, and its period in rows. */
export interface SeasonLearner {
  next(value: number): void;
  /** Rows in a season; undefined while none is clear. */
  period(): number | undefined;
}

const smoothing = 0.3;
const forgetting = 1 / 1000;
const shortest = 8;
const relearnEvery = 50;

/**
 * Average magnitude difference function (Ross et al., IEEE Trans. ASSP 22, 1974) over all lags at once, kept as running
 * means of the smoothed series: a period is a lag at which the series differs from itself far less than at other lags,
 * with a hump before it. A longer period is chosen only where it fits clearly better than a shorter one.
 */
export function makeSeasonLearner(longest: number): SeasonLearner {
  const smooth = makeHistory(longest + 2);
  const difference = new Float64Array(longest + 2);
  let level: number | undefined;
  let rows = 0;
  let period: number | undefined;

  function learnLags(): void {
    const farthest = Math.min(longest + 1, rows - 1);
    const values = smooth.values;
    const latest = smooth.latest();
    const now = values[latest] ?? 0;
    for (let lag = 1; lag <= farthest; lag += 1) {
      const before = difference[lag] ?? 0;
      // A lag was compared once for each row that has a value this far behind it.
      const rate = Math.max(forgetting, 1 / (rows - lag));
      difference[lag] = before + rate * (Math.abs(now - (values[latest - lag] ?? 0)) - before);
    }
  }

  function choosePeriod(): number | undefined {
    const farthest = Math.min(longest, Math.floor(rows / 2));
    const mean = difference.subarray(1, farthest + 1).reduce((sum, one) => sum + one, 0) / farthest;
    let chosen: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    let hump = 0;
    for (let lag = 1; lag <= farthest; lag += 1) {
      const here = difference[lag] ?? 0;
      const valley = here <= (difference[lag - 1] ?? 0) && here <= (difference[lag + 1] ?? 0);
      if (lag >= shortest && valley && here < 0.65 * mean && here < 0.6 * hump && here < 0.85 * least) {
        chosen = lag;
        least = here;
      }
      hump = Math.max(hump, here);
    }
    return chosen;
  }

  return {
    next(value) {
      level = level === undefined ? value : level + smoothing * (value - level);
      smooth.push(level);
      rows += 1;
      learnLags();
      if (rows > 100 && rows % relearnEvery === 0) period = choosePeriod();
    },
    period: () => period,
  };
}
