import type { History } from './history.ts';

const restartEvery = 512;

/** Mean and standard deviation of the last `width` values, or of all while there are fewer. */
interface WindowMoments {
  /** Call after each push to the history. */
  update(): void;
  mean(): number;
  deviation(): number;
}

/** Sums from which the value that leaves is subtracted; about a value of the window, and made anew now and then, for precision. */
function makeWindowMoments(history: History, width: number): WindowMoments {
  return new WindowSums(history, width);
}

// Fields of a class, because a number that a closure assigns is allocated each time.
class WindowSums implements WindowMoments {
  readonly #history: History;
  readonly #width: number;
  #origin = 0;
  #sum = 0;
  #squares = 0;

  constructor(history: History, width: number) {
    this.#history = history;
    this.#width = width;
  }

  update(): void {
    const rows = this.#history.rows();
    if (rows <= this.#width || rows % restartEvery === 0) {
      this.#startAgain();
      return;
    }
    const entered = this.#history.at(0) - this.#origin;
    const left = this.#history.at(this.#width) - this.#origin;
    this.#sum = this.#sum + entered - left;
    this.#squares = this.#squares + entered * entered - left * left;
  }

  mean(): number {
    return this.#origin + this.#sum / this.#count();
  }

  deviation(): number {
    return Math.sqrt(Math.max(0, this.#squares / this.#count() - (this.#sum / this.#count()) ** 2));
  }

  #startAgain(): void {
    this.#origin = this.#history.at(0);
    this.#sum = 0;
    this.#squares = 0;
    for (let lag = 0; lag < this.#count(); lag += 1) {
      const difference = this.#history.at(lag) - this.#origin;
      this.#sum += difference;
      this.#squares += difference * difference;
    }
  }

  #count(): number {
    return Math.max(1, Math.min(this.#width, this.#history.length()));
  }
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
  const drift = new Drift(1 - 0.5 ** (1 / halfLife), allowance, limit);
  return (value) => drift.next(value);
}

class Drift {
  readonly #weight: number;
  readonly #allowance: number;
  readonly #limit: number;
  #rows = 0;
  #mean = 0;
  #deviation = 0;
  #up = 0;
  #down = 0;

  constructor(weight: number, allowance: number, limit: number) {
    this.#weight = weight;
    this.#allowance = allowance;
    this.#limit = limit;
  }

  next(value: number): number {
    this.#rows += 1;
    const rate = Math.max(this.#weight, 1 / this.#rows);
    const unit = Math.max(this.#deviation, 1e-9 * Math.abs(this.#mean), 1e-12);
    const step = this.#rows < 50 ? 0 : Math.max(-4, Math.min(4, (value - this.#mean) / unit));
    this.#up = Math.min(this.#limit, Math.max(0, this.#up + step - this.#allowance));
    this.#down = Math.min(this.#limit, Math.max(0, this.#down - step - this.#allowance));
    this.#deviation += rate * (Math.abs(value - this.#mean) - this.#deviation);
    this.#mean += rate * (value - this.#mean);
    return Math.max(this.#up, this.#down);
  }
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
