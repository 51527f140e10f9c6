import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanPlainLine, DRESSING } from '../src/clean-line.ts';
import { makeLineScanner, makeScanPlan, marksOf } from '../src/line-scanner.ts';
import { INVISIBLE_RANGES } from '../src/visible-text.ts';

const ESC = String.fromCharCode(27);
const PLAN = makeScanPlan([['error', 'rror:'], ['token'], [ESC]], 2);
const [ERROR, TOKEN, DRESSED] = [1, 2, 4];

function scan(chunks: readonly string[], head = 1_000): [text: string, marks: number, tail: string | null][] {
  const lines: [string, number, string | null][] = [];
  const scanner = makeLineScanner(PLAN, { head, tail: 7 }, (text, marks, tail) => lines.push([text, marks, tail]));
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return lines;
}

describe('a line scanner', () => {
  it('gives each line the marks of what occurs in it, in either case', () => {
    expect(scan(['fine\nan ERROR here\n\nTokens and errors\nlast'])).toEqual([
      ['fine', 0, null],
      ['an ERROR here', ERROR, null],
      ['', 0, null],
      ['Tokens and errors', ERROR | TOKEN, null],
      ['last', 0, null],
    ]);
  });

  it('finds a word that a colour stands in the middle of', () => {
    expect(scan([`to${ESC}[1;31mken\n`])[0]?.[1]).toBe(TOKEN);
  });

  it('looks for nothing in the time stamp that a runner puts before a line, and in everything else', () => {
    const plan = makeScanPlan([['7z', 'z curl', '03:04']], 1);
    const marksIn = (text: string) => {
      const marks: number[] = [];
      const scanner = makeLineScanner(plan, { head: 1_000, tail: 7 }, (_text, found) => marks.push(found));
      scanner.push(text);
      scanner.end();
      return marks;
    };
    const stamp = '2026-01-02T03:04:05.1234567Z ';
    expect(marksIn(`${stamp}PASS\n${stamp}curl\n${stamp}\n${stamp}`)).toEqual([0, 0, 0, 0]);
    expect(marksIn(`${stamp}7z x -p\n${stamp}${stamp}\n ${stamp}`)).toEqual([1, 1, 1]);
    // What `cleanLine` does not take away is looked at.
    const others = [
      '2026-01-02T03:04:05.17Z x',
      '2026-01-02T03:04:05.1234567890Z',
      '2026-01-02T03:04:05Z x',
      '2026-01-02 03:04:05.117Z x',
    ];
    expect(others.flatMap(marksIn)).toEqual([1, 1, 1, 1]);
    expect(marksIn('2026-01-02T03:04:05.117Zx\n2026-01-0xT03:04:05.117Z x')).toEqual([1, 1]);
  });

  it('marks every line that is not clean as it is, but for its ends, its time stamp and its colours', () => {
    const plan = makeScanPlan([DRESSING], 0, [{ group: 0, ranges: INVISIBLE_RANGES }]);
    const part = fc.oneof(
      fc.constantFrom(
        '2026-01-02T03:04:05.1234567Z ',
        `${ESC}[31m`,
        '^[[0m',
        '\r',
        '\ufeff',
        '\u200b',
        'travis_fold:start:x',
        ' ',
        '\t',
        'é',
      ),
      fc.string({ maxLength: 12, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const scanner = makeLineScanner(plan, { head: 1_000, tail: 7 }, (raw, marks) => {
          if (marks === 0) expect(cleanPlainLine(raw)).toBe(cleanLine(raw));
        });
        scanner.push(parts.join(''));
        scanner.end();
        expect(parts.length).toBeLessThanOrEqual(6);
      }),
      { numRuns: 2_000 },
    );
  });

  it('marks what overwrites a line, and not a line that ends with CR LF', () => {
    expect(scan(['50%\r100%\r\nplain\r\n']).map(([, marks]) => marks)).toEqual([DRESSED, 0]);
  });

  it('holds only head and end of a long line and still sees what stands between', () => {
    expect(scan([`${'x'.repeat(30)} token ${'y'.repeat(30)} end\n${'z'.repeat(17)}\nshort`], 10)).toEqual([
      ['x'.repeat(10), TOKEN, 'yyy end'],
      ['z'.repeat(17), 0, null],
      ['short', 0, null],
    ]);
  });

  it('finds at least the same however the text is cut', () => {
    const text = `one error\r\ntwo to${ESC}[0mken\n\n${'y'.repeat(50)}Error: é\nlast token`;
    const whole = scan([text], 40);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const parts = scan(
          places.slice(1).map((end, at) => text.slice(places[at], end)),
          40,
        );
        expect(parts.map(([line, , tail]) => [line, tail])).toEqual(whole.map(([line, , tail]) => [line, tail]));
        // A cut inside an escape or before a line feed leaves the line to a closer look.
        parts.forEach(([, marks], at) => {
          expect(marks | DRESSED | TOKEN).toBe((whole[at]?.[1] ?? 0) | DRESSED | TOKEN);
          expect(marks & (TOKEN | DRESSED)).not.toBe((whole[at]?.[1] ?? 0) & TOKEN ? 0 : -1);
        });
      }),
    );
  });

  it('marks a single text alike', () => {
    expect(marksOf(PLAN, 'an Error')).toBe(ERROR);
    expect(marksOf(PLAN, 'nothing')).toBe(0);
  });
});
