import type { History } from './history.ts';

function meanOf(history: History, from: number, count: number): number {
  let sum = 0;
  for (let lag = from; lag < from + count; lag += 1) sum += history.at(lag);
  return sum / count;
}

/** Level shift: distance between the mean of the last `width` values and that of the `3 * width` before them. */
export function levelShift(history: History, width: number): number {
  if (history.length() < 4 * width) return 0;
  return Math.abs(meanOf(history, 0, width) - meanOf(history, width, 3 * width));
}

/** Variance: standard deviation of the last `width` values. */
export function spread(history: History, width: number): number {
  const count = Math.min(width, history.length());
  const mean = meanOf(history, 0, count);
  let squares = 0;
  for (let lag = 0; lag < count; lag += 1) squares += (history.at(lag) - mean) ** 2;
  return count === 0 ? 0 : Math.sqrt(squares / count);
}

/** Spike: distance of a value from the exponentially weighted mean of earlier values. `halfLife` in rows. */
export function makeSpike(halfLife: number): (value: number) => number {
  const weight = 1 - 0.5 ** (1 / halfLife);
  let mean: number | undefined;
  return (value) => {
    const distance = mean === undefined ? 0 : Math.abs(value - mean);
    mean = mean === undefined ? value : mean + weight * (value - mean);
    return distance;
  };
}

/**
 * Drift: the two-sided cumulative sum of Page ("Continuous Inspection Schemes", Biometrika 41, 1954) of values against
 * their slow mean, in units of their slow mean deviation; `allowance` per row is subtracted. Restarts at `limit`.
 */
export function makeDrift(halfLife: number, allowance: number, limit: number): (value: number) => number {
  const weight = 1 - 0.5 ** (1 / halfLife);
  let rows = 0;
  let mean = 0;
  let deviation = 0;
  let up = 0;
  let down = 0;
  return (value) => {
    rows += 1;
    const rate = Math.max(weight, 1 / rows);
    const unit = Math.max(deviation, 1e-9 * Math.abs(mean), 1e-12);
    const step = rows < 50 ? 0 : Math.max(-4, Math.min(4, (value - mean) / unit));
    up = Math.min(limit, Math.max(0, up + step - allowance));
    down = Math.min(limit, Math.max(0, down - step - allowance));
    deviation += rate * (Math.abs(value - mean) - deviation);
    mean += rate * (value - mean);
    return Math.max(up, down);
  };
}

/**
 * Flat line: number of consecutive equal values beyond `tolerated`, at most `most`, so that a long flat line becomes
 * normal. A series that has not varied yet has none.
 */
export function makeFlatLine(tolerated: number, most: number): (value: number) => number {
  let previous: number | undefined;
  let run = 0;
  let varied = false;
  return (value) => {
    const same = value === previous;
    varied ||= !same && previous !== undefined;
    run = same ? run + 1 : 0;
    previous = value;
    return varied ? Math.min(most, Math.max(0, run - tolerated)) : 0;
  };
}
