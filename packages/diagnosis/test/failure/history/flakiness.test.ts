import { chanceOfTest, judgeFlakiness, type TestOutcomes } from '@selfheal/kernel/numbers/flakiness.ts';
import { describe, expect, it } from 'vitest';

/** `P` passed, `F` failed; newest first. */
function outcomes(row: string, flips: number | null = 0): TestOutcomes {
  const passed = [...row].map((one) => one === 'P');
  return { runs: row.length, failures: passed.filter((one) => !one).length, flips, passed };
}
const kind = (row: string, flips: number | null = 0, sameCode = false) =>
  judgeFlakiness(outcomes(row, flips), sameCode).kind;

describe('[B3] whether a test is flaky', () => {
  it.each<[row: string, flips: number, kind: string]>([
    ['PPPPFPPPPP', 0, 'flaky'],
    ['PFPPPPFPPF', 0, 'flaky'],
    ['PPPPPFFFFF', 0, 'broken'],
    ['FFFFPPPPPP', 0, 'broken'],
    ['PPPPPFFFFF', 1, 'flaky'],
    ['PPPPPPPPPP', 0, 'steady'],
    ['FFFFFFFFFF', 0, 'steady'],
    ['F', 0, 'steady'],
  ])('%s with %i commits that did both is %s', (row, flips, wanted) => {
    expect(kind(row, flips)).toBe(wanted);
  });

  it('of the same code one failure is enough, but a row that ends in failures only is not chance', () => {
    for (const row of ['FPPPPPPPPP', 'PPPPPPPPPF', 'PPPF', `${'P'.repeat(50)}F${'P'.repeat(49)}`])
      expect(kind(row, null, true)).toBe('flaky');
    expect(kind(`FFFFFF${'P'.repeat(40)}`, null, true)).toBe('broken');
  });

  it('is never said of a test that never failed, though its score falls the longer it passes', () => {
    const scores = [1, 10, 100, 1000].map((runs) => judgeFlakiness({ runs, failures: 0, flips: 0, passed: [] }, true));
    expect(scores.every((one) => one.kind === 'steady')).toBe(true);
    expect(scores.map(({ score }) => score)).toEqual(scores.map(({ score }) => score).sort((a, b) => b - a));
    expect(scores[0]?.score).toBeLessThan(0.04);
  });

  it('says how often it fails, with the interval', () => {
    const { rate } = judgeFlakiness(outcomes('PPPPFPPPPP'), true);
    expect(rate[0]).toBeGreaterThan(0);
    expect(rate[1]).toBeLessThan(0.45);
  });
});

describe('how much a failure of a test is by chance', () => {
  it('is nothing without a past, more with each earlier flake, and less the longer it was steady', () => {
    expect(chanceOfTest({ runs: 0, failures: 0, flips: 0, passed: [] })).toBe(0);
    const [once, often] = [chanceOfTest(outcomes('PPPPFPPPPP', 1)), chanceOfTest(outcomes('PFPPFPPPFP', 3))];
    expect(once).toBeGreaterThan(0.7);
    expect(often).toBeGreaterThan(once);
    expect(chanceOfTest(outcomes('P'.repeat(40)))).toBeLessThan(-1);
    expect(chanceOfTest(outcomes('PPPPPPFFFF'))).toBeLessThan(chanceOfTest(outcomes('PPFPPFPPFP')));
  });
});
