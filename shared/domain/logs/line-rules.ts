import { InvalidInput } from '../../kernel/errors.ts';
import type { LogReading } from './log-settings.ts';
import { severityOf } from './severity.ts';
import { compilePattern, type LinearEngine } from './text-pattern.ts';

/** Which lines of a log are read. */
export interface LineRules {
  /** Whether a cleaned line is left out. */
  skips(line: string): boolean;
  readonly cut: LogReading['cut'];
}

/** Characters of a line that a pattern sees. */
const READ = 2000;

/** The rules of a configuration; null when they leave nothing out. Throws `InvalidInput` naming a pattern that cannot be compiled. */
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
