import { judgeHistory, type RunHistory } from '@selfheal/diagnosis/failure/run-history.ts';
import { rateInterval } from '@selfheal/kernel/numbers/beta.ts';
import { describe, expect, it } from 'vitest';

/** `s` passed, `f` failed; newest first. */
function aHistory(conclusions: string, more: Partial<RunHistory> = {}): RunHistory {
  const defaultBranchConclusions = [...conclusions].map((one) => (one === 's' ? 'success' : 'failure'));
  return { defaultBranchConclusions, attempt: 1, ...more };
}
const factor = (history: RunHistory, ofTests = true): number => judgeHistory(history, ofTests).logFactor;
const sameCommit = (failures: number, successes: number) => aHistory('', { sameCommit: { failures, successes } });

describe('the interval of a rate', () => {
  it('is that of Jeffreys, closed at the ends', () => {
    expect(rateInterval(0, 10)[0]).toBe(0);
    expect(rateInterval(10, 10)[1]).toBe(1);
    const [low, high] = rateInterval(3, 10);
    expect(low).toBeCloseTo(0.0927, 3);
    expect(high).toBeCloseTo(0.6058, 3);
  });

  it('narrows as runs add up', () => {
    const width = (hits: number, cases: number) => rateInterval(hits, cases)[1] - rateInterval(hits, cases)[0];
    expect(width(30, 100)).toBeLessThan(width(3, 10));
  });
});

describe('a history', () => {
  it('says nothing when nothing is known', () => {
    expect(judgeHistory(aHistory(''), true)).toEqual({ logFactor: 0, reasons: [] });
  });

  it.each<[conclusions: string, speaksFor: 'chance' | 'code' | 'nothing']>([
    ['sfssfsssfs', 'chance'],
    ['sfsfsf', 'chance'],
    ['ffffssss', 'code'],
    ['ssssffff', 'code'],
    ['ssssssss', 'nothing'],
    ['ffffffff', 'nothing'],
    ['sfs', 'nothing'],
  ])('%s on the default branch speaks for %s', (conclusions, speaksFor) => {
    const found = factor(aHistory(conclusions));
    expect(found > 0.7 ? 'chance' : found < -0.7 ? 'code' : 'nothing').toBe(speaksFor);
  });

  it('is only of the tests when a test failed', () => {
    expect(factor(aHistory('sfssfsssfs'), false)).toBe(0);
  });

  it('of a pass on the same commit speaks strongly for chance; further failures against it', () => {
    expect(factor(sameCommit(0, 1))).toBeGreaterThan(4);
    expect(factor(sameCommit(2, 1))).toBeGreaterThan(2);
    expect(factor(sameCommit(3, 0))).toBeLessThan(factor(sameCommit(1, 0)));
    expect(factor(sameCommit(1, 0))).toBeLessThan(0);
  });

  it('never outweighs everything else', () => {
    expect(factor(sameCommit(0, 50))).toBe(5);
  });

  it('of the failed test itself counts, once', () => {
    const tests = [{ name: 'pays', passed: [...'sfssfsssfs'].map((one) => one === 's') }];
    const own = factor(aHistory('', { tests }));
    expect(own).toBeGreaterThan(0.7);
    expect(factor(aHistory('sfssfsssfs', { tests }))).toBeCloseTo(own, 9);
  });

  it('tells that the default branch fails already, with its counts', () => {
    expect(judgeHistory(aHistory('fffs'), false).reasons).toEqual([
      'The default branch fails too: its newest 3 runs failed.',
    ]);
    expect(judgeHistory(aHistory('sfssfsssfs'), true).reasons).toEqual([
      'The newest run of the default branch passed.',
      expect.stringMatching(
        /^On the default branch 3 of 10 recorded runs \(true rate 9 % to 61 %\) failed, as by chance\.$/,
      ),
    ]);
  });
});
