/** One measured number. Shares lie between 0 and 1. */
export interface Figure {
  readonly name: string;
  /** NaN is not allowed: a figure without cases is left out. */
  readonly value: number;
  /** What is aimed at; `atMost` says on which side of it the value should lie. */
  readonly goal?: number;
  readonly atMost?: boolean;
  /** How many cases the value was measured on. */
  readonly cases: number;
  /** 95% interval: Wilson's for proportions, bootstrap over groups (over cases below five groups) for means. */
  readonly interval?: readonly [low: number, high: number];
}

/** The figures of one repository, project or system. */
export interface GroupFigures {
  readonly group: string;
  readonly figures: readonly Figure[];
}

export interface SuiteReport {
  readonly figures: readonly Figure[];
  readonly byGroup?: readonly GroupFigures[];
}

export interface SuiteOptions {
  /** Says how far it is; goes to stderr. */
  readonly progress: (message: string) => void;
  /** Wall clock in milliseconds, for figures about speed. */
  readonly now: () => number;
}

/**
 * A measurement on labelled cases. One file `apps/cli/eval/<name>.ts` and one line in `registry.ts` add one; the name is that of the
 * folder the cases are read from. `run` gets that very folder (`DIR/<name>`, or `DIR` itself when it holds no such folder); what lies
 * beside it is reached by `join(dataDir, '..', ...)`. It throws `InvalidInput` when the folder is not what it expects.
 */
export interface Suite {
  readonly name: string;
  /** One line for the help text. */
  readonly summary: string;
  run(dataDir: string, options: SuiteOptions): Promise<SuiteReport>;
}

/** A case's share of something, with the repository, project or system it belongs to. */
export interface Scored {
  readonly group: string;
  readonly value: number;
}
