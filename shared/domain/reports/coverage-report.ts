import * as z from 'zod';
import { FilePath, LineRange } from './location.ts';

/** Coverage of one file. Lines that hold no code are in neither list. */
export const FileCoverage = z.strictObject({
  path: FilePath,
  /** In ascending order, none touching the next. */
  covered: z.array(LineRange),
  uncovered: z.array(LineRange),
  /** Null when the format does not count branches. */
  branches: z.strictObject({ covered: z.number().int(), total: z.number().int() }).nullable(),
});
export type FileCoverage = z.infer<typeof FileCoverage>;

/** `percent` is null when no line can be covered. */
export const CoverageTotals = z.strictObject({
  files: z.number().int().nonnegative(),
  coveredLines: z.number().int().nonnegative(),
  lines: z.number().int().nonnegative(),
  percent: z.number().min(0).max(100).nullable(),
});
export type CoverageTotals = z.infer<typeof CoverageTotals>;
