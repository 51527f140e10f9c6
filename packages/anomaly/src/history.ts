/** The last values of a stream, addressed by their age. */
export interface History {
  /** Number of available values: 0 to the capacity. */
  length(): number;
  /** Number of values pushed so far. */
  rows(): number;
  push(value: number): void;
  /** The value `lag` pushes ago (0 = the latest); 0 before the first one. `lag` is at most the capacity. */
  at(lag: number): number;
  /** For inner loops: the value `lag` pushes ago is `values[latest() - lag]`. */
  readonly values: Float64Array;
  latest(): number;
}

/**
 * Keeps `capacity` values contiguous: the buffer is four times as long, and its end is moved to its front when full.
 */
export function makeHistory(capacity: number): History {
  return new Buffered(capacity);
}

// A class, because code that is compiled for the closures of one history is thrown away when there is another one.
class Buffered implements History {
  readonly values: Float64Array;
  readonly #capacity: number;
  #latest: number;
  #rows = 0;

  constructor(capacity: number) {
    this.values = new Float64Array(4 * capacity);
    this.#capacity = capacity;
    // The zeros before the first value are read like values.
    this.#latest = capacity - 1;
  }

  length(): number {
    return Math.min(this.#rows, this.#capacity);
  }

  rows(): number {
    return this.#rows;
  }

  push(value: number): void {
    const { values } = this;
    if (this.#latest === values.length - 1) {
      values.copyWithin(0, values.length - this.#capacity);
      this.#latest = this.#capacity - 1;
    }
    this.#latest += 1;
    this.#rows += 1;
    values[this.#latest] = value;
  }

  at(lag: number): number {
    return this.values[this.#latest - lag] as number;
  }

  latest(): number {
    return this.#latest;
  }
}
