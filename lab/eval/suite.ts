import type { FigureReport } from '#apps/cli/figures/figures.ts';

export interface SuiteOptions {
  /** Says how far it is; goes to stderr. */
  readonly progress: (message: string) => void;
  /** Wall clock in milliseconds, for figures about speed. */
  readonly now: () => number;
}

/**
 * A measurement on labelled cases. One file `lab/eval/<name>.ts` and one line in `registry.ts` add one; the name is that of the
 * folder the cases are read from. `run` gets that very folder (`DIR/<name>`, or `DIR` itself when it holds no such folder); what lies
 * beside it is reached by `join(dataDir, '..', ...)`. It throws `InvalidInput` when the folder is not what it expects.
 */
export interface Suite {
  readonly name: string;
  /** One line for the help text. */
  readonly summary: string;
  run(dataDir: string, options: SuiteOptions): Promise<FigureReport>;
}
