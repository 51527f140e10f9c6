import type { History } from './history.ts';

const restartEvery = 512;

/** Mean and standard deviation of the last `width` values, or of all while there are fewer. */
export interface WindowMoments {
  /** Call after each push to the history. */
  update(): void;
  mean(): number;
  deviation(): number;
}

/** Sums from which the value that leaves is subtracted; about a value of the window, and made anew now and then, for precision. */
export function makeWindowMoments(history: History, width: number): WindowMoments {
  let origin = 0;
  let sum = 0;
  let squares = 0;
  const add = (value: number, times: 1 | -1): void => {
    const difference = value - origin;
    sum += times * difference;
    squares += times * difference * difference;
  };
  const count = (): number => Math.max(1, Math.min(width, history.length()));
  return {
    update() {
      if (history.rows() > width && history.rows() % restartEvery !== 0) {
        add(history.at(0), 1);
        add(history.at(width), -1);
        return;
      }
      [origin, sum, squares] = [history.at(0), 0, 0];
      for (let lag = 0; lag < count(); lag += 1) add(history.at(lag), 1);
    },
    mean: () => origin + sum / count(),
    deviation: () => Math.sqrt(Math.max(0, squares / count() - (sum / count()) ** 2)),
  };
}

/** Level shift: distance between the mean of the last `width` values and that of the `3 * width` before them. */
export function makeLevelShift(history: History, width: number): () => number {
  const short = makeWindowMoments(history, width);
  const long = makeWindowMoments(history, 4 * width);
  return () => {
    short.update();
    long.update();
    return history.length() < 4 * width ? 0 : (Math.abs(short.mean() - long.mean()) * 4) / 3;
  };
}

/** Variance: standard deviation of the last `width` values. */
export function makeSpread(history: History, width: number): () => number {
  const window = makeWindowMoments(history, width);
  return () => {
    window.update();
    return window.deviation();
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
