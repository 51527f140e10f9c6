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
 * From here on only every fifth row is compared with those before it: the means are steady then. No usual number of
 * rows in a day or a week is a multiple of five times a power of two alone, so that all phases of a season have their turn.
 */
const steadyRows = 1000;
const compareEvery = 5;

/**
 * Average magnitude difference function (Ross et al., IEEE Trans. ASSP 22, 1974) over all lags at once, kept as running
 * means of the smoothed series: a period is a lag at which the series differs from itself far less than at other lags,
 * with a hump before it. A longer period is chosen only where it fits clearly better than a shorter one.
 */
export function makeSeasonLearner(longest: number): SeasonLearner {
  const smooth = makeHistory(longest + 2);
  const difference = new Float64Array(longest + 2);
  const compared = new Uint32Array(longest + 2);
  let level: number | undefined;
  let rows = 0;
  let settled = 0;
  let period: number | undefined;

  function learnLags(): void {
    const farthest = Math.min(longest + 1, rows - 1);
    const values = smooth.values;
    const latest = smooth.latest();
    const now = values[latest] as number;
    const rate = rows < steadyRows ? forgetting : compareEvery * forgetting;
    // Lags that were compared often enough forget at the same rate. They come first, as they are compared sooner.
    while (settled < farthest && (compared[settled + 1] as number) * rate >= 1) settled += 1;
    for (let lag = 1; lag <= settled; lag += 1) {
      const before = difference[lag] as number;
      difference[lag] = before + rate * (Math.abs(now - (values[latest - lag] as number)) - before);
    }
    for (let lag = settled + 1; lag <= farthest; lag += 1) {
      const times = (compared[lag] as number) + 1;
      compared[lag] = times;
      const before = difference[lag] as number;
      difference[lag] = before + (Math.abs(now - (values[latest - lag] as number)) - before) / times;
    }
  }

  function choosePeriod(): number | undefined {
    const farthest = Math.min(longest, Math.floor(rows / 2));
    let sum = 0;
    for (let lag = 1; lag <= farthest; lag += 1) sum += difference[lag] as number;
    const mean = sum / farthest;
    let chosen: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    let hump = 0;
    for (let lag = 1; lag <= farthest; lag += 1) {
      const here = difference[lag] as number;
      const valley = here <= (difference[lag - 1] as number) && here <= (difference[lag + 1] as number);
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
      if (rows < steadyRows || rows % compareEvery === 0) learnLags();
      if (rows > 100 && rows % relearnEvery === 0) period = choosePeriod();
    },
    period: () => period,
  };
}
