import { FEATURE_COUNT, LINE_FEATURES, lineFeatures, readLines } from '@selfheal/log-reading/logs/line-features.ts';
import { describe, expect, it } from 'vitest';

const FAILURE = "ModuleNotFoundError: No module named 'taxes'";
const END = '##[error]Process completed with exit code 1.';
const NOWHERE = 20;
const away = (lines: number): number => Math.fround(Math.log2(1 + lines));

/** One feature of every line. */
function read(name: (typeof LINE_FEATURES)[number], texts: readonly string[], numbers = texts.map((_, at) => at + 1)) {
  const lines = texts.map((text, at) => ({ text, number: numbers[at] as number }));
  const rows = lineFeatures(lines, readLines(lines), new Float32Array(1 << 16));
  return texts.map((_, at) => rows[at * FEATURE_COUNT + LINE_FEATURES.indexOf(name)]);
}

describe('what is read in the lines of a log', () => {
  it('[A5] tells how far the nearest strong line is on either side, as the logarithm of lines', () => {
    const texts = ['resolved', FAILURE, 'one', 'two', 'three', FAILURE];
    expect(read('strong line before', texts)).toEqual([NOWHERE, NOWHERE, away(1), away(2), away(3), away(4)]);
    expect(read('strong line after', texts)).toEqual([away(1), away(4), away(3), away(2), away(1), NOWHERE]);
  });

  it('[A5] counts lines that were left out', () => {
    expect(read('strong line before', [FAILURE, 'one'], [1, 64])).toEqual([NOWHERE, away(63)]);
  });

  it('[A5] tells how far the nearest end of a step is on either side', () => {
    const texts = ['one', END, 'two', 'three', 'four'];
    expect(read('end of step before', texts)).toEqual([NOWHERE, NOWHERE, away(1), away(2), away(3)]);
    expect(read('end of step after', texts)).toEqual([away(1), NOWHERE, NOWHERE, NOWHERE, NOWHERE]);
  });

  it('[A5] compares the indentation with the nearest lines that are not blank', () => {
    const texts = ['one', '', '    two', '  three'];
    expect(read('deeper than before', texts)).toEqual([0, 0, 4, -2]);
    expect(read('deeper after', texts)).toEqual([4, 4, -2, 0]);
  });
});
