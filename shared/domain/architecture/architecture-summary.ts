import { z } from 'zod';

/**
 * What a pull request comment says about the architecture, from one scan. Paths and function names are those of the repository: outsiders choose
 * them in a pull request, so a comment shows them as code, never as markup.
 */
export const ArchitectureSummary = z.strictObject({
  /** Health from 0 to 10, with one decimal. */
  score: z.number().min(0).max(10),
  /** The score of the default branch, or null when there is nothing to compare with. */
  previousScore: z.number().min(0).max(10).nullable(),
  /** Circles of imports that the default branch does not have: the files of the shortest way round, the first one not repeated. */
  newCycles: z.array(z.array(z.string()).min(1)),
  /** Complex functions in files that change often, worst first. */
  hotspots: z.array(z.strictObject({ file: z.string(), line: z.int().positive(), reason: z.string() })),
});
export type ArchitectureSummary = z.infer<typeof ArchitectureSummary>;
