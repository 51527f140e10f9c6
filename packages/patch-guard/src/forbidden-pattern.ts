import type { CodeLine } from './code-view.ts';
import type { PatchRule } from './finding.ts';
import type { Language } from './language.ts';

/** Something that a fix must not introduce: found in added lines, unless the replaced lines had it too. */
export interface ForbiddenPattern {
  readonly rule: PatchRule;
  readonly reason: string;
  /** What is searched: code, code with its strings, or comments. */
  readonly view: 'code' | 'text' | 'comment';
  readonly pattern: RegExp;
}

export type ForbiddenPatterns = Readonly<Record<Language, readonly ForbiddenPattern[]>>;

/** The 0-based numbers of added lines where a pattern matches something that the removed lines do not contain. */
export function newMatches(
  { view, pattern }: ForbiddenPattern,
  removed: readonly CodeLine[],
  added: readonly { at: number; line: CodeLine }[],
): number[] {
  const global = new RegExp(pattern.source, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`);
  const known = removed.flatMap((line) => line[view].match(global) ?? []);
  return added.flatMap(({ at, line }) => {
    const fresh = (line[view].match(global) ?? []).filter((match) => {
      const index = known.indexOf(match);
      if (index >= 0) known.splice(index, 1);
      return index < 0;
    });
    return fresh.length > 0 ? [at] : [];
  });
}

/** The same pattern for several languages. */
export function perLanguage(
  table: Readonly<Partial<Record<Language, RegExp>>>,
  common: Omit<ForbiddenPattern, 'pattern'>,
): Partial<Record<Language, ForbiddenPattern>> {
  return Object.fromEntries(Object.entries(table).map(([language, pattern]) => [language, { ...common, pattern }]));
}

const LANGUAGES: readonly Language[] = [
  'javascript',
  'python',
  'java',
  'kotlin',
  'go',
  'rust',
  'ruby',
  'csharp',
  'php',
];

/** One list per language, from tables by language and from patterns common to all. */
export function forbiddenPatternsOf(
  tables: readonly Partial<Record<Language, ForbiddenPattern>>[],
  everywhere: readonly ForbiddenPattern[] = [],
): ForbiddenPatterns {
  return Object.fromEntries(
    LANGUAGES.map((language) => [language, [...tables.flatMap((table) => table[language] ?? []), ...everywhere]]),
  ) as unknown as ForbiddenPatterns;
}
