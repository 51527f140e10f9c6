import {
  afterFailure,
  type FinishedRun,
  testsByKey,
  withRuns,
} from '@selfheal/diagnosis/failure/history/known-runs.ts';
import {
  newestResults,
  outcomesOf,
  TestRecord,
  type TestResult,
  testKeyOf,
  unknownTest,
  withResults,
} from '@selfheal/diagnosis/failure/history/test-record.ts';
import { chanceOfTest, judgeFlakiness } from '@selfheal/kernel/numbers/flakiness.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactedText } from '#test/builders/index.ts';

const AT = '2026-11-21T12:00:00.000Z';
const later = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString();
const aResult = (runId: number, passed: boolean, change: Partial<TestResult> = {}): TestResult => ({
  runId,
  attempt: 1,
  passed,
  commit: `c${runId}`,
  onDefaultBranch: true,
  ...change,
});
const aRun = (runId: number, conclusion: string, change: Partial<FinishedRun> = {}): FinishedRun => ({
  runId,
  runAttempt: 1,
  conclusion,
  onDefaultBranch: true,
  at: later(runId),
  headSha: `c${runId}`,
  ...change,
});
const empty = unknownTest(redactedText('pays'), AT);

describe('the key of a test', () => {
  it('is of its name, whatever blanks and durations are printed with it', () => {
    expect(testKeyOf('cart  pays (12ms)')).toBe(testKeyOf('cart pays'));
    expect(testKeyOf('cart pays (1.52 ms)')).toBe(testKeyOf('cart pays'));
    expect(testKeyOf('cart pays')).not.toBe(testKeyOf('cart pays twice'));
    expect([...testsByKey(['a', 'a ', 'b']).values()]).toHaveLength(2);
  });
});

describe('the record of a test', () => {
  it('counts each result once, in whatever order and however often they come', () => {
    const results = fc.array(
      fc.record({
        runId: fc.integer({ min: 1, max: 8 }),
        attempt: fc.integer({ min: 1, max: 2 }),
        passed: fc.boolean(),
      }),
      { maxLength: 16 },
    );
    fc.assert(
      fc.property(results, fc.boolean(), (drawn, backwards) => {
        // What a run said is said once: the first of each attempt.
        const own = [...new Map([...drawn].reverse().map((one) => [`${one.runId}#${one.attempt}`, one])).values()]
          .map(({ runId, attempt, passed }) => aResult(runId, passed, { attempt }))
          .slice(0, 8);
        const once = withResults(empty, own, AT);
        const again = withResults(withResults(once, backwards ? [...own].reverse() : own, AT), own, AT);
        expect(again).toEqual(once);
        expect(once.runs).toBe(own.length);
        expect(once.failures).toBe(own.filter(({ passed }) => !passed).length);
        TestRecord.parse(once);
      }),
    );
  });

  it('counts a commit on which it failed and passed once, however often it was repeated there', () => {
    const attempts = [false, true, false, true].map((passed, at) => aResult(5, passed, { attempt: at + 1 }));
    expect(withResults(empty, attempts, AT)).toMatchObject({ runs: 4, failures: 2, flips: 1 });
    expect(withResults(empty, [aResult(1, false), aResult(2, true)], AT).flips).toBe(0);
  });

  it('keeps a bounded number of results and goes on counting', () => {
    const runs = Array.from({ length: 100 }, (_, n) => aResult(n + 1, n % 10 !== 0));
    const record = withResults(empty, runs, AT);
    expect(record).toMatchObject({ runs: 100, failures: 10 });
    expect(TestRecord.parse(record).results.length).toBeLessThanOrEqual(16);
    expect(withResults(record, runs, AT)).toEqual(record);
    expect(newestResults(record).map(({ runId }) => runId)).toEqual([100, 99, 98, 97, 96, 95, 94, 93]);
  });

  it('still counts a failure that is told after newer passes', () => {
    const passes = Array.from({ length: 20 }, (_, n) => aResult(n + 10, true));
    const record = withResults(empty, passes, AT);
    expect(withResults(record, [aResult(5, false)], AT).failures).toBe(1);
  });
});

describe('[B3] what a record shows of chance', () => {
  const recordOf = (results: readonly TestResult[]) => withResults(empty, results, AT);
  const judged = (results: readonly TestResult[]) => judgeFlakiness(outcomesOf(recordOf(results)), false);
  const onPull = (runId: number, passed: boolean, change: Partial<TestResult> = {}) =>
    aResult(runId, passed, { onDefaultBranch: false, ...change });
  const row = (letters: string, result: typeof aResult) => [...letters].map((one, at) => result(at + 1, one === 'P'));

  it('is nothing where pull requests broke the test, each for itself, and mended it', () => {
    for (const letters of ['PFPFPPFPFP', 'FPFPFPFP', 'PPPFPPPFPP', 'FFPFFFPFFPFF']) {
      expect(judged(row(letters, onPull))).toMatchObject({ kind: 'broken' });
      expect(chanceOfTest(outcomesOf(recordOf(row(letters, onPull))))).toBeLessThanOrEqual(0);
    }
  });

  it('is what the same results show on the default branch, where breaking is rare', () => {
    expect(judged(row('PFPFPPFPFP', aResult)).kind).toBe('flaky');
    expect(chanceOfTest(outcomesOf(recordOf(row('PFPFPPFPFP', aResult))))).toBeGreaterThan(1);
  });

  it('is clear from a pull request, too, where the test failed and passed on one commit', () => {
    const again = onPull(2, true, { attempt: 2 });
    expect(judged([...row('PFPPP', onPull), again]).kind).toBe('flaky');
  });

  it('leaves out the results that are asked about', () => {
    const record = recordOf(row('PPF', aResult));
    expect(outcomesOf(record, ({ runId }) => runId === 3)).toEqual({
      runs: 2,
      failures: 0,
      flips: 0,
      passed: [true, true],
    });
  });
});

describe('the runs of its workflow', () => {
  it('that passed since count as passes of the test; failed ones, earlier ones and such without a commit say nothing', () => {
    const failed = afterFailure(null, {
      name: redactedText('pays'),
      at: later(10),
      results: [aResult(10, false)],
      runs: [],
    });
    const runs = [
      aRun(5, 'success'),
      aRun(11, 'success'),
      aRun(12, 'failure'),
      aRun(13, 'success', { headSha: 'c10' }),
      aRun(14, 'success', { headSha: undefined }),
    ];
    expect(withRuns(failed, runs)).toMatchObject({ runs: 3, failures: 1, flips: 1, lastAt: later(10) });
    expect(withRuns(withRuns(failed, runs), runs)).toEqual(withRuns(failed, runs));
  });
});
