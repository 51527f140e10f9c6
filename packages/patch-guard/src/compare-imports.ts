import type { PatchedFile } from './apply-patch.ts';
import { type Finding, refusal } from './finding.ts';
import type { Language } from './language.ts';
import { TEST_DIALECTS } from './test-dialect.ts';
import type { TestFile } from './test-file.ts';

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const KEYWORDS = new Set(
  'import from require include include_once require_once as type const let var default export use pub mod crate self super using static global namespace package func function load extend relative require_relative'.split(
    ' ',
  ),
);
const QUOTED = /(["'`])((?:\\.|(?!\1).)*)\1/g;

/** Imports effects, or names that are not listed. */
const LOOSE = /^\s*import\s*['"][./]|^\s*require(?:_once)?\s*\(?\s*['"][./]|^\s*from\s+\S+\s+import\s*\(?\s*\*/;

interface Import {
  readonly at: number;
  readonly text: string;
  /** The imported module, in the notation of the language. */
  readonly origin: string;
  readonly names: readonly string[];
}

/**
 * A test keeps importing what it imported, from the same module. New imports are allowed: a missing one is the most
 * common thing to fix. An unused one may go.
 */
export function compareImports(file: PatchedFile, before: TestFile, after: TestFile, language: Language): Finding[] {
  const { path } = file;
  const read = (tests: TestFile) => importsOf(tests, language);
  const [old, fresh] = [read(before), read(after)];
  const origins = new Map(fresh.flatMap(({ names, origin }) => names.map((name) => [name, origin] as const)));
  const kept = new Set(fresh.map(({ origin }) => origin));
  const lost = old.filter(({ names, origin, at }) =>
    names.length === 0
      ? !kept.has(origin)
      : names.some((name) => origins.get(name) !== origin && (origins.has(name) || isUsed(name, before, at))),
  );
  const rebound = fresh.filter((one) =>
    one.names.some((name) => old.some((other) => other.names.includes(name) && other.origin !== one.origin)),
  );
  const loose =
    file.before === null
      ? []
      : fresh.filter(({ text }) => LOOSE.test(text) && !old.some((other) => other.text === text));
  const moved = placeOf(before).filter(({ text }) => placeOf(after).every((one) => one.text !== text));
  return [
    ...moved.map(({ at }) =>
      refusal('test-code-changed', 'A test would move to another package.', { path, line: at + 1, side: 'before' }),
    ),
    ...loose.map(({ at }) =>
      refusal('runner-patched', 'A test would run another file or import all names from it.', { path, line: at + 1 }),
    ),
    ...lost.map(({ at }) =>
      refusal('test-code-changed', 'A test would import something from another module, or not at all.', {
        path,
        line: at + 1,
        side: 'before',
      }),
    ),
    ...rebound.map(({ at }) =>
      refusal('test-code-changed', 'A test would import something from another module.', { path, line: at + 1 }),
    ),
  ];
}

const PLACE = /^\s*(?:package|namespace)\b/;

/** Package declaration of a file. */
function placeOf({ view }: TestFile): { at: number; text: string }[] {
  return view.lines.flatMap(({ text }, at) => (PLACE.test(text) ? [{ at, text: text.trim() }] : []));
}

function importsOf({ view }: TestFile, language: Language): Import[] {
  const { imports } = TEST_DIALECTS[language];
  return view.lines.flatMap(({ text, code }, at) => {
    if (!imports.test(text) || code.trim() === '' || PLACE.test(text)) return [];
    const quoted = [...text.matchAll(QUOTED)].map(([, , name]) => name ?? '');
    const words = (text.replace(QUOTED, ' ').match(WORD) ?? []).filter((word) => !KEYWORDS.has(word));
    return [{ at, text, ...originAndNames(text, quoted, words, language) }];
  });
}

function originAndNames(
  text: string,
  quoted: readonly string[],
  words: readonly string[],
  language: Language,
): Pick<Import, 'origin' | 'names'> {
  if (language === 'javascript' || language === 'go' || language === 'ruby') {
    const origin = quoted.at(-1) ?? words.join('.');
    const names = language === 'go' && words.length === 0 ? [origin.split('/').at(-1) ?? ''] : words;
    return { origin, names: language === 'ruby' ? [] : names };
  }
  const from = /^\s*from\s+([.\w]+)\s+import\b(.*)$/.exec(text);
  if (from !== null)
    return { origin: from[1] ?? '', names: (from[2] ?? '').match(WORD)?.filter((word) => word !== 'as') ?? [] };
  const last = words.at(-1);
  return { origin: text.trim(), names: last === undefined ? [] : [last] };
}

function isUsed(name: string, { view }: TestFile, except: number): boolean {
  const word = new RegExp(`(?<![\\p{L}\\p{N}_$])${name.replace(/\$/g, '\\$')}(?![\\p{L}\\p{N}_$])`, 'u');
  return view.lines.some(({ text }, at) => at !== except && word.test(text));
}
