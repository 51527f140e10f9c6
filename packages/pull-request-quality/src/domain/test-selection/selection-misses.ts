import { type Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import { FilePath } from '@selfheal/reports/normal-form/normal-form.ts';
import * as z from 'zod';

const MAX_RUNS = 500;

/** What the safety samples of earlier selections showed. */
export const SelectionMisses = z.strictObject({
  version: z.literal(1),
  /** In the order of their ids, newest last. */
  runs: z
    .array(
      z.strictObject({
        run: z.number().int().positive(),
        attempt: z.number().int().positive(),
        /** Skipped tests that ran all the same. */
        sampled: z.number().int().nonnegative(),
        /** Those of them that failed although they pass on the default branch, as far as is known. */
        missed: z.array(FilePath).max(100),
      }),
    )
    .max(MAX_RUNS),
});
export type SelectionMisses = z.infer<typeof SelectionMisses>;

export const NO_MISSES: SelectionMisses = { version: 1, runs: [] };

/** With a further run; one that is recorded again replaces itself. */
export function withRun(known: SelectionMisses, run: SelectionMisses['runs'][number]): SelectionMisses {
  const others = known.runs.filter((one) => one.run !== run.run || one.attempt !== run.attempt);
  const runs = [...others, run].sort((a, b) => a.run - b.run || a.attempt - b.attempt).slice(-MAX_RUNS);
  return { version: 1, runs };
}

/** Share of the drawn tests that selection should not have skipped; null before any was drawn. */
export const missRate = ({ runs }: SelectionMisses): Proportion | null =>
  proportionOf(
    runs.reduce((sum, { missed }) => sum + missed.length, 0),
    runs.reduce((sum, { sampled }) => sum + sampled, 0),
  );
