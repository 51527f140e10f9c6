import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { numberText, percentText, shareText } from '../src/numbers/number-words.ts';
import { counted } from '../src/time-words.ts';

const ROOT = join(import.meta.dirname, '../../..');

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [51_090, '51,090'],
  [1_234_567, '1,234,567'],
  [-51_090, '-51,090'],
  [1234.56789, '1,234.56789'],
])('a reader sees %d as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

it('counts with the same commas', () => {
  expect([counted(1, 'line'), counted(51_090, 'line')]).toEqual(['1 line', '51,090 lines']);
});

it('writes a share with a space before the sign, never as minus nothing', () => {
  expect([percentText(0.98), percentText(0.9876, 2), shareText(0.51), percentText(-0.001)]).toEqual([
    '98 %',
    '98.76 %',
    '51.0 %',
    '0 %',
  ]);
});

it('is how every text of the product writes a number in percent', () => {
  const files = globSync('{shared,functions,apps,packages/*/src}/**/*.{ts,tsx}', { cwd: ROOT }).filter(
    (file) => !/^packages\/(?:local-cloud|fake-)|node_modules/.test(file),
  );
  const glued = files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .filter((line) => /\$\{[^}]*\}%(?![\w{$])/.test(line) && !/width|height|left:|inset|flex/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(files.length).toBeGreaterThan(1000);
  expect(glued).toEqual([]);
});
