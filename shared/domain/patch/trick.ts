import type { CodeLine } from './code-view.ts';
import type { PatchRule } from './finding.ts';
import type { Language } from './language.ts';

/** Something that a fix has no business to bring in: seen in added lines, unless the lines it replaces had the very same. */
export interface Trick {
  readonly rule: PatchRule;
  readonly reason: string;
  /** What is looked at: what runs, what runs with its strings, or what is said beside it. */
  readonly view: 'code' | 'text' | 'comment';
  readonly pattern: RegExp;
}

export type Tricks = Readonly<Record<Language, readonly Trick[]>>;

/** The 0-based numbers of added lines on which a pattern matches something that the removed lines do not have. */
export function newMatches(
  { view, pattern }: Trick,
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

/** The same trick for several languages. */
export function perLanguage(
  table: Readonly<Partial<Record<Language, RegExp>>>,
  common: Omit<Trick, 'pattern'>,
): Partial<Record<Language, Trick>> {
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

/** One list per language, of tables by language and of tricks that are the same in all. */
export function tricksOf(
  tables: readonly Partial<Record<Language, Trick>>[],
  everywhere: readonly Trick[] = [],
): Tricks {
  return Object.fromEntries(
    LANGUAGES.map((language) => [language, [...tables.flatMap((table) => table[language] ?? []), ...everywhere]]),
  ) as unknown as Tricks;
}
