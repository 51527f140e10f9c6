import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, rowsOf } from '#apps/dashboard/src/ui/rows.ts';

const line = (number: number, cited = false) => ({ number, text: `line ${number}`, cited });

describe('the rows of a log', () => {
  it('are in the order of the log, with a row for what was left out', () => {
    expect(rowsOf([line(7, true), line(3), line(4)])).toEqual([
      { kind: 'gap', lines: 2 },
      { kind: 'line', ...line(3), repeats: 1 },
      { kind: 'line', ...line(4), repeats: 1 },
      { kind: 'gap', lines: 2 },
      { kind: 'line', ...line(7, true), repeats: 1 },
    ]);
  });

  it('account for every line up to the last one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 60 }), (numbers) => {
        const rows = rowsOf(numbers.map((number) => line(number)));
        const lines = rows.reduce((sum, row) => sum + (row.kind === 'gap' ? row.lines : 1), 0);
        expect(lines).toBe(Math.max(...numbers));
        expect(rows.filter(({ kind }) => kind === 'line')).toHaveLength(numbers.length);
      }),
    );
  });
});

describe('the lines of a diff', () => {
  it('are what they are, also when code looks like a heading', () => {
    const diff = ['--- a/x.ts', '+++ b/x.ts', '@@ -1,2 +1,2 @@', ' same', '-old', '+new', ''].join('\n');
    expect(diffLines(diff).map(({ kind }) => kind)).toEqual([
      'file',
      'file',
      'place',
      'same',
      'removed',
      'added',
      'same',
    ]);
    expect(
      diffLines(diff)
        .map(({ text }) => text)
        .join('\n'),
    ).toBe(diff);
  });
});
