/** Labels of a counter, each with a value from a closed list or a path of the API. */
export type CounterLabels = Readonly<Record<string, string>>;

/** One counter and how much is added to it, or its total. */
export interface Count {
  /** In snake case, with `_total` at the end: `requests_total`. */
  readonly name: string;
  readonly labels: CounterLabels;
  readonly value: number;
}

/** Totals that all processes of a function share. Each only grows. */
export interface CounterStore {
  /** Adds all of them or, when it throws, none. */
  add(counts: readonly Count[]): Promise<void>;
  /** Every total as it is at this moment. */
  totals(): Promise<readonly Count[]>;
}
