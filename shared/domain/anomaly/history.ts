/** The last values of a stream, addressed by their age. */
export interface History {
  /** Number of available values: 0 to the capacity. */
  length(): number;
  /** Number of values pushed so far. */
  rows(): number;
  push(value: number): void;
  /** The value `lag` pushes ago (0 = the latest). */
  at(lag: number): number;
  /** For inner loops: the value `lag` pushes ago is `values[latest() - lag]`. */
  readonly values: Float64Array;
  latest(): number;
}

/**
 * Keeps `capacity` values contiguous: the buffer is four times as long, and its end is moved to its front when full.
 */
export function makeHistory(capacity: number): History {
  const values = new Float64Array(4 * capacity);
  let latest = -1;
  let pushed = 0;
  return {
    values,
    length: () => Math.min(pushed, capacity),
    rows: () => pushed,
    push(value) {
      if (latest === values.length - 1) {
        values.copyWithin(0, values.length - capacity);
        latest = capacity - 1;
      }
      latest += 1;
      pushed += 1;
      values[latest] = value;
    },
    at: (lag) => values[latest - lag] ?? 0,
    latest: () => latest,
  };
}
