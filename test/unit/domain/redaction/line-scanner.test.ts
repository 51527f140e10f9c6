import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeLineScanner, makeScanPlan, marksOf } from '#shared/domain/redaction/line-scanner.ts';

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
