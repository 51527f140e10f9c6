import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANCHORS, WORDINGS } from '@selfheal/log-reading/logs/failure-keywords.ts';
import { NOISE } from '@selfheal/log-reading/logs/noise-patterns.ts';
import { makePatternSet } from '@selfheal/log-reading/logs/pattern-set.ts';
import { HARMLESS_PHRASES, severityOf, statedSeverity, wordedSeverity } from '@selfheal/log-reading/logs/severity.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const SETS: readonly (readonly [string, readonly RegExp[]])[] = [
  ['wordings', WORDINGS.map(([, pattern]) => pattern)],
  ['anchors', ANCHORS],
  ['noise', NOISE],
  ['look-arounds', [/(?<!no )error(?! handling)/, /(?=fatal)fat/i, /a(?:(?!b)[^\n]){1,9}failed/]],
  ['other scripts', [/Ошибка: /, /ОШИБКА/i, /错误/, /É: disque/]],
  ['classes and escapes', [/\berr[o0]r\b/, /[ef]ail(?:ed)?/i, /\x66atal/, /warn\.[\]x]/]],
];

const FRAGMENTS = [
  'error',
  'ERROR: ',
  'no error handling',
  'fatal',
  'Ошибка: ',
  'ОШИБКА',
  'É: disque',
  '错误',
  'failed',
  'Failed ',
  'exited with 1',
  'The command "make" exited with 2',
  '##[error]Process completed with exit code 1',
  '✗ ',
  'warn.]',
  '0 errors',
  'a',
  'err0r',
  ' ',
  '\t',
  ': ',
  '(1/2)',
  '--- FAIL',
  'Segmentation fault',
  'E   assert',
  'ok',
  '...',
  'PASSED',
  'npm ERR! code',
];
const line = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 6 }).map((parts) => parts.join(''));

/** Lines of the project's own signatures: they match something by design. */
const EXAMPLES = readdirSync('shared/data/signatures').flatMap((file) =>
  readFileSync(join('shared/data/signatures', file), 'utf8')
    .split('\n')
    .map((text) => text.trim().replace(/^- ['"]?/, '')),
);

describe.each(SETS)('a set of %s', (_, patterns) => {
  const set = makePatternSet(patterns.map((pattern) => ({ pattern })));

  it('finds the pattern that trying all of them finds', () => {
    fc.assert(
      fc.property(line, (text) => set.first(text) === patterns.findIndex((pattern) => pattern.test(text))),
      { numRuns: 500 },
    );
    for (const text of EXAMPLES) expect(set.first(text)).toBe(patterns.findIndex((pattern) => pattern.test(text)));
  });

  it('rules out no pattern that matches', () => {
    for (const text of EXAMPLES) {
      const hidden = patterns.filter((pattern, index) => pattern.test(text) && !set.mayMatch(index, text));
      expect(hidden).toEqual([]);
    }
  });
});

describe('the severity of a line', () => {
  it('looks for a harmless phrase wherever one is', () => {
    const texts = [...EXAMPLES, ...fc.sample(line, 2_000)];
    for (const text of texts)
      for (const [sign, pattern] of HARMLESS_PHRASES) {
        pattern.lastIndex = 0;
        if (pattern.test(text)) expect([String(pattern), text, sign.test(text)]).toEqual([String(pattern), text, true]);
      }
  });

  it('is what it states, else what its words suggest', () => {
    for (const text of EXAMPLES) expect(severityOf(text)).toBe(statedSeverity(text) ?? wordedSeverity(text) ?? 'info');
  });
});
