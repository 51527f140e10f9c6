import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { severityOf } from './severity.ts';
import { compilePattern, type LinearEngine } from './text-pattern.ts';

/** How logs are read. Nothing is left out unless it is listed here. */
export const LogReading = z.strictObject({
  /** Lines with these levels of their own are skipped; warnings and errors never are. */
  skipLevels: z.array(z.enum(['debug', 'info'])).default([]),
  /**
   * Lines that match one of these regular expressions are skipped. They run on RE2: no look-around, no back-references.
   */
  skipLines: z.array(z.string().min(1).max(500)).max(20).default([]),
  /** Of a log with more than `longerThan` characters only the last `keepLast` are read; null reads every log whole. */
  cut: z
    .strictObject({
      longerThan: z.number().int().min(1000).max(20_000_000).default(10_000),
      keepLast: z.number().int().min(500).max(20_000_000).default(5000),
    })
    .refine(({ longerThan, keepLast }) => keepLast <= longerThan, {
      path: ['keepLast'],
      error: 'must be at most "longerThan"',
    })
    .nullable()
    .default(null),
});
export type LogReading = z.infer<typeof LogReading>;

/** Which lines of a log are read. */
export interface LineRules {
  /** Whether a cleaned line is skipped. */
  skips(line: string): boolean;
  readonly cut: LogReading['cut'];
}

/** Characters of a line that a pattern sees. */
const READ = 2000;

/**
 * The rules of a configuration; null when they skip nothing. Throws `InvalidInput` naming a pattern that cannot be
 * compiled.
 */
export function lineRulesOf({ skipLevels, skipLines, cut }: LogReading, engine?: LinearEngine): LineRules | null {
  if (skipLevels.length === 0 && skipLines.length === 0 && cut === null) return null;
  const levels: readonly string[] = skipLevels;
  const patterns = skipLines.map((source) => {
    const pattern = compilePattern(source, false, engine);
    if (typeof pattern === 'string') throw new InvalidInput(`logReading.skipLines: ${source}: ${pattern}`);
    return pattern;
  });
  return {
    cut,
    skips: (line) =>
      (levels.length > 0 && levels.includes(severityOf(line))) ||
      patterns.some((pattern) => pattern.test(line.slice(0, READ))),
  };
}
