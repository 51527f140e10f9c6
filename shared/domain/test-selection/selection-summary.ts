import * as z from 'zod';

/** What a selection chose, as comments and job summaries show it. */
export const SelectionSummary = z.strictObject({
  mode: z.enum(['selected', 'full']),
  /** Why this mode: one sentence. */
  reason: z.string().min(1).max(300),
  run: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** Of those that run: chosen at random from what would be skipped, to measure what selection misses. */
  sampled: z.number().int().nonnegative(),
});
export type SelectionSummary = z.infer<typeof SelectionSummary>;
