import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCoverageLines, percentOf } from '../../src/normal-form/coverage-lines.ts';
import { makeDistinctTests } from '../../src/normal-form/distinct-tests.ts';
import type { TestOutcome } from '../../src/normal-form/normal-form.ts';

const RANK: Readonly<Record<TestOutcome, number>> = { skipped: 0, passed: 1, failed: 2, error: 3 };

describe('tests by name', () => {
  it('count once, with the worst outcome, however many there are', () => {
    const names = fc.constantFrom('', 'a', 'b', 'ab', '\u0001', 'a b');
    const outcome = fc.constantFrom<TestOutcome>('passed', 'failed', 'error', 'skipped');
    fc.assert(
      fc.property(fc.array(fc.tuple(names, names, outcome), { maxLength: 60 }), (tests) => {
        const distinct = makeDistinctTests();
        const worst = new Map<string, TestOutcome>();
        for (const [suite, name, result] of tests) {
          distinct.add(suite, name, result);
          const key = JSON.stringify([suite, name]);
          const known = worst.get(key);
          if (known === undefined || RANK[result] > RANK[known]) worst.set(key, result);
        }
        const counts = { skipped: 0, passed: 0, failed: 0, error: 0 };
        for (const result of worst.values()) counts[result] += 1;
        expect(distinct.counts()).toEqual(counts);
      }),
    );
  });

  it('stay exact while the table grows', () => {
    const distinct = makeDistinctTests();
    for (let round = 0; round < 2; round++)
      for (let at = 0; at < 60_000; at++)
        distinct.add(`suite ${at % 100}`, `test ${at}`, round === 1 && at % 3 === 0 ? 'failed' : 'passed');
    expect(distinct.counts()).toEqual({ passed: 40_000, failed: 20_000, error: 0, skipped: 0 });
  });
});

describe('covered lines', () => {
  it('are those that one part of a report says so of, in ranges', () => {
    const line = fc.integer({ min: 1, max: 40 });
    const part = fc.record({ covered: fc.array(line), uncovered: fc.array(line) });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), (parts) => {
        const lines = makeCoverageLines();
        for (const one of parts) lines.add('a.ts', one, null);
        const covered = new Set(parts.flatMap((one) => one.covered));
        const all = new Set(parts.flatMap((one) => [...one.covered, ...one.uncovered]));
        expect(lines.totals()).toEqual({
          files: 1,
          coveredLines: covered.size,
          lines: all.size,
          percent: percentOf(covered.size, all.size),
        });
        const [file] = [...lines.files()];
        const numbers = (ranges: readonly { start: number; end: number }[] = []) =>
          ranges.flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, at) => start + at));
        expect(numbers(file?.covered)).toEqual([...covered].sort((a, b) => a - b));
        expect(numbers(file?.uncovered)).toEqual([...all].filter((one) => !covered.has(one)).sort((a, b) => a - b));
      }),
    );
  });

  it('are never rounded up to all', () => {
    expect(percentOf(999_999, 1_000_000)).toBe(99.9999);
    expect(percentOf(9_999_999, 10_000_000)).toBeLessThan(100);
    expect(percentOf(5, 5)).toBe(100);
    expect(percentOf(0, 0)).toBeNull();
  });
});
