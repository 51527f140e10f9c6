import type { FigureReport } from '@selfheal/cli-kit/figures/figures.ts';

interface SuiteOptions {
  /** Prints a progress message on stderr. */
  readonly progress: (message: string) => void;
  /** Wall clock in milliseconds, for figures about speed. */
  readonly now: () => number;
}

/**
 * A measurement on labelled cases. To add one, add a file `lab/eval/<name>.ts` and a line in `registry.ts`; `name` is the name of the folder with
 * the cases. `run` receives that folder: `DIR/<name>`, or `DIR` itself if it has no such folder. Data of other suites is beside it. Throws
 * `InvalidInput` when the folder does not contain what the suite needs.
 */
export interface Suite {
  readonly name: string;
  /** One line for the help text. */
  readonly summary: string;
  run(dataDir: string, options: SuiteOptions): Promise<FigureReport>;
}
