import { describe, expect, it } from 'vitest';
import { placeSuggestion } from '../src/place-suggestion.ts';
import { aTree, diffOf, edited, REPOSITORY, verdictOn } from './patches.ts';
import { PROJECTS } from './projects.ts';

const { javascript, python, go } = PROJECTS;
const fixed = edited(javascript.source.text, ['i <= lines.length', 'i < lines.length']);
const blockOf = (text: string, from: string, to: string) =>
  text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from)) + to.length);

const contentOf = (placed: ReturnType<typeof placeSuggestion>) =>
  placed.kind === 'patch' && placed.patch.kind === 'replace' ? placed.patch.files[0]?.content : placed;

describe('a suggestion of code', () => {
  it('takes the place of the one declaration that begins with its first line', () => {
    const code = blockOf(fixed, 'export function total', '\n}');
    const placed = placeSuggestion({ file: javascript.source.path, code }, javascript.source.text);
    expect(contentOf(placed)).toBe(fixed);
    expect(placed.kind === 'patch' && verdictOn(placed.patch, aTree(REPOSITORY))).toEqual(['accepted']);
  });

  it('is placed by its indentation where that counts', () => {
    const after = edited(python.source.text, [' + 1)', ')']);
    const code = blockOf(after, 'def total', 'return rounded(result)');
    expect(contentOf(placeSuggestion({ file: python.source.path, code }, python.source.text))).toBe(after);
  });

  it('goes behind the imports when it is a missing one', () => {
    const placed = placeSuggestion({ file: python.source.path, code: 'from math import floor' }, python.source.text);
    expect(contentOf(placed)).toBe(
      edited(python.source.text, ['import rounded\n', 'import rounded\nfrom math import floor\n']),
    );
  });

  it('is a patch already when it is a diff', () => {
    const text = diffOf(javascript.source.path, javascript.source.text, fixed);
    expect(placeSuggestion({ file: null, code: text }, null)).toEqual({ kind: 'patch', patch: { kind: 'diff', text } });
  });

  it.each([
    ['names no file', { file: null, code: 'x = 1' }, 'x = 0\n'],
    ['is for a file of no known language', { file: 'Makefile', code: 'all:' }, 'all:\n'],
    ['is for a file that is not there', { file: 'src/none.ts', code: 'const a = 1;' }, null],
    [
      'begins with a line that is not there',
      { file: go.source.path, code: 'func Sum() int {\n\treturn 0\n}' },
      go.source.text,
    ],
    [
      'begins with a line that is there twice',
      { file: 'src/a.ts', code: 'it() {\n  b();\n}' },
      'it() {\n}\nit() {\n}\n',
    ],
    [
      'is not one whole block',
      { file: javascript.source.path, code: blockOf(fixed, 'export function total', 'let sum = 0;') },
      javascript.source.text,
    ],
    [
      'is more than one block',
      { file: javascript.source.path, code: `${blockOf(fixed, 'export function total', '\n}')}\nevil();` },
      javascript.source.text,
    ],
    [
      'brings imports that are there',
      { file: python.source.path, code: 'from shop.money import rounded' },
      python.source.text,
    ],
  ])('is not placed when it %s', (_what, suggestion, content) => {
    expect(placeSuggestion(suggestion, content).kind).toBe('unplaced');
  });
});
