import { viewCode } from './code-view.ts';
import { languageOf } from './language.ts';
import type { ProposedPatch } from './patch-limits.ts';
import { TEST_DIALECTS } from './test-dialect.ts';

export type PlacedSuggestion = { kind: 'patch'; patch: ProposedPatch } | { kind: 'unplaced'; reason: string };

/** A piece of code that is said to fix a file, as models give it. Untrusted. */
export interface CodeProposal {
  readonly file: string | null;
  readonly code: string;
}

const unplaced = (reason: string): PlacedSuggestion => ({ kind: 'unplaced', reason });

/**
 * Turns a suggestion into a patch, without guessing: a diff is used as it is; imports go after the last import of the
 * file; a whole declaration replaces the one with the same first line, if there is exactly one. `judgePatch` decides
 * whether the patch may be used.
 */
export function placeSuggestion({ file, code }: CodeProposal, content: string | null): PlacedSuggestion {
  if (/^(?:diff --git |--- (?:a\/|\/dev\/null))/.test(code))
    return { kind: 'patch', patch: { kind: 'diff', text: `${code.trimEnd()}\n` } };
  if (file === null) return unplaced('It does not name its file.');
  const language = languageOf(file);
  if (language === null) return unplaced('The language of the file is unknown.');
  if (content === null) return unplaced('The file does not exist or is not text.');
  const lines = content.split('\n');
  const given = code.trimEnd().split('\n');
  const { imports } = TEST_DIALECTS[language];
  const placed = given.every((line) => line.trim() === '' || imports.test(line))
    ? withImports(lines, given, imports)
    : withDeclaration(lines, given, language);
  if (placed === null) return unplaced('It does not match exactly one place in the file.');
  return { kind: 'patch', patch: { kind: 'replace', files: [{ path: file, content: placed.join('\n') }] } };
}

/** After the last import at the beginning of a line, or before everything else. Existing imports are not repeated. */
function withImports(lines: readonly string[], given: readonly string[], imports: RegExp): string[] | null {
  const missing = given.filter((line) => line.trim() !== '' && !lines.includes(line));
  if (missing.length === 0) return null;
  const last = lines.findLastIndex((line) => imports.test(line) && !/^\s/.test(line));
  return [...lines.slice(0, last + 1), ...missing, ...lines.slice(last + 1)];
}

function withDeclaration(
  lines: readonly string[],
  given: readonly string[],
  language: NonNullable<ReturnType<typeof languageOf>>,
): string[] | null {
  const first = given[0]?.trimEnd() ?? '';
  const at = lines.findIndex((line) => line.trimEnd() === first);
  if (first.trim() === '' || at < 0 || lines.findLastIndex((line) => line.trimEnd() === first) !== at) return null;
  const ours = blockEnd(lines.slice(at), language);
  const theirs = blockEnd(given, language);
  // The given code must be one whole block, like the replaced one.
  if (ours === null || theirs !== given.length) return null;
  return [...lines.slice(0, at), ...given, ...lines.slice(at + ours)];
}

/** Number of lines of the block that begins with the first one; null when it does not end. */
function blockEnd(lines: readonly string[], language: NonNullable<ReturnType<typeof languageOf>>): number | null {
  const view = viewCode(lines, language);
  const base = view.lines[0]?.depth ?? 0;
  const byIndent = language === 'python';
  let last = 0;
  for (let at = 1; at < view.lines.length; at += 1) {
    const { code, depth } = view.lines[at] ?? { code: '', depth: 0 };
    if (code.trim() === '') continue;
    if (byIndent ? depth <= base && !/^[)\]}]/.test(code.trim()) : depth <= base) return last + 1;
    last = at;
  }
  return byIndent || view.closed ? last + 1 : null;
}
