import * as z from 'zod';

/** A path inside the repository with forward slashes, as `normalRepositoryPath` makes it. Tainted. */
export const FilePath = z.string().min(1).max(1000);
export type FilePath = z.infer<typeof FilePath>;

/** A line of a file, the first is 1. */
export const LineNumber = z.number().int().positive();

/** Lines from `start` to `end`, both included. */
export const LineRange = z.strictObject({ start: LineNumber, end: LineNumber });
export type LineRange = z.infer<typeof LineRange>;
