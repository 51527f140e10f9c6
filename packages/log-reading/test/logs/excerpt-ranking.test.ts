import type { TreeEnsemble } from '@selfheal/kernel/numbers/tree-ensemble.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { type Candidate, rankCandidates } from '../../src/logs/excerpt-ranking.ts';
import { LINE_FEATURES } from '../../src/logs/line-features.ts';
import { WORD_BUCKETS } from '../../src/logs/line-words.ts';

const NO_TREES: TreeEnsemble = {
  base: 0,
  roots: new Uint16Array(),
  feature: new Int8Array(),
  value: new Float32Array(),
  left: new Uint16Array(),
};

/** Needs lines by their keywords alone: 0 below a score of 4, 0.25 below 8, 3 from there on. */
const BY_KEYWORDS = {
  words: new Float32Array(WORD_BUCKETS),
  needed: {
    base: 0,
    roots: Uint16Array.of(0),
    feature: Int8Array.of(LINE_FEATURES.indexOf('keywords'), -1, LINE_FEATURES.indexOf('keywords'), -1, -1),
    value: Float32Array.of(4, 0, 8, 0.25, 3),
    left: Uint16Array.of(1, 0, 3, 0, 0),
  },
  cause: NO_TREES,
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** A line that no other line says. */
const worded = (at: number): string => `${LETTERS[at % 26]}${LETTERS[Math.floor(at / 26) % 26]} unit`;

function ranked(
  lines: readonly {
    readonly number: number;
    readonly score: number;
    readonly text?: string;
    readonly isKnown?: boolean;
  }[],
): number[] {
  const redactor = makeRedactor();
  const candidates = lines.map(
    ({ number, score, text, isKnown = false }, at): Candidate => ({
      number,
      text: redactor.line(text ?? worded(at)),
      section: 0,
      score: { score, anchor: false },
      base: score,
      isKnown,
    }),
  );
  return rankCandidates(candidates, BY_KEYWORDS, new Set()).map(({ number }) => number);
}

/** A strong line as the tenth of 40, quiet lines around it, and 20 weak lines far away. */
const REPORT = [
  ...Array.from({ length: 40 }, (_, at) => ({ number: at + 1, score: at === 9 ? 9 : 0 })),
  ...Array.from({ length: 20 }, (_, at) => ({ number: 100 + 2 * at, score: 5 })),
];

describe('the order of candidates', () => {
  it('puts the next lines of its report behind the eight best', () => {
    const order = ranked(REPORT);
    expect(order[0]).toBe(10);
    expect(order.slice(8, 11)).toEqual([11, 12, 13]);
  });

  it('prefers the lines around the best ones to slightly stronger lines elsewhere', () => {
    const around = [6, 7, 8, 9, 14, 15, 16, 17, 18];
    expect(
      ranked(REPORT)
        .slice(15, 24)
        .sort((a, b) => a - b),
    ).toEqual(around);
  });

  it('prefers much stronger lines elsewhere to the lines around the best ones', () => {
    const strong = Array.from({ length: 30 }, (_, at) => ({ number: 200 + 2 * at, score: 9 }));
    const order = ranked([...REPORT, ...strong]);
    const places = strong.map(({ number }) => order.indexOf(number));
    expect(Math.max(...places)).toBeLessThan(order.indexOf(30));
    expect(Math.max(...places)).toBeLessThan(50);
  });

  it('lowers what is logged for debugging where other lines are called errors', () => {
    const debug = { number: 1, score: 5, text: '10:02:11 [main] DEBUG price list not found' };
    const quiet = { number: 5, score: 0 };
    const error = { number: 9, score: 9, text: '10:02:13 [main] ERROR two price lists' };
    expect(ranked([debug, quiet])).toEqual([1, 5]);
    expect(ranked([debug, quiet, error])).toEqual([9, 5, 1]);
  });

  it('follows a report no further than a blank line, a gap and what a passing run prints, too', () => {
    const blank = ranked(REPORT.map((line) => (line.number === 12 ? { ...line, text: '' } : line)));
    expect(blank.indexOf(13)).toBeGreaterThan(24);
    const gap = ranked(REPORT.filter(({ number }) => number !== 12));
    expect(gap.indexOf(13)).toBeGreaterThan(24);
    const known = ranked(REPORT.map((line) => (line.number === 12 ? { ...line, isKnown: true } : line)));
    expect(known.indexOf(12)).toBe(REPORT.length - 1);
    expect(known.slice(8, 10)).toEqual([11, 13]);
  });
});
