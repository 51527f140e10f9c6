import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { historyOfRun, pastOf } from '@selfheal/diagnosis/failure/history/history-of-run.ts';
import { unknownTest, withResults } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { judgeHistory, preExistingOf } from '@selfheal/diagnosis/failure/run-history.ts';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { aGithubTarget, anEvidence, aTelemetry, redactedText, someRunFacts } from '#test/builders/index.ts';

const result = (runId: number, attempt: number, passed: boolean) => ({ runId, attempt, passed });
const target = aGithubTarget({ runId: 1001, runAttempt: 1 });

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../../shared/data'));

describe('the history of a failed run', () => {
  it('takes an attempt for passed when all passed in it that failed now', () => {
    const jobHistories = [
      { jobId: 1, sameCommit: [result(1001, 2, true), result(1001, 3, true)], defaultBranch: [result(9, 1, true)] },
      { jobId: 2, sameCommit: [result(1001, 2, false), result(1001, 3, true)], defaultBranch: [result(9, 1, false)] },
    ];
    const history = historyOfRun(someRunFacts({ jobHistories }), target, []);
    expect(history).toMatchObject({
      sameCommit: { failures: 1, successes: 1 },
      passedIn: ['attempt 3'],
      defaultBranchJob: [false],
    });
  });

  it('says with counts what speaks for the verdict, and turns it', () => {
    const jobHistories = [
      {
        jobId: 1,
        sameCommit: [result(1001, 2, true)],
        defaultBranch: Array.from({ length: 20 }, (_, n) => result(900 - n, 1, n !== 4 && n !== 11)),
      },
    ];
    const history = historyOfRun(someRunFacts({ jobHistories }), target, []);
    expect(judgeHistory(history, true).reasons).toEqual([
      'On the same commit 0 other attempts failed and 1 passed (attempt 2).',
      'The newest run of the default branch passed.',
      expect.stringMatching(
        /^On the default branch 2 of 20 recorded runs \(true rate 2 % to 28 %\) failed, as by chance\.$/,
      ),
    ]);
    const evidence = anEvidence({ texts: ['FAILED tests/test_cart.py::test_total - assert 3 == 4'] });
    const without = classify(evidence, { signatures });
    const withHistory = classify(evidence, { signatures, history });
    expect(without).toMatchObject({ verdict: 'regression' });
    expect(without.history).toBeUndefined();
    expect(withHistory).toMatchObject({
      verdict: 'flaky',
      history: { passedOnSameCommit: true, support: expect.any(Number) },
    });
  });

  it('counts the record of the failed test without the failure in question', () => {
    const runs = [8, 7, 6, 5, 4, 3, 2].map((runId) => ({
      runId,
      attempt: 1,
      passed: runId !== 5,
      commit: `c${runId}`,
      onDefaultBranch: true,
    }));
    const now = { runId: 1001, attempt: 1, passed: false, commit: 'now', onDefaultBranch: false };
    const record = withResults(
      unknownTest(redactedText('cart pays'), '2026-11-20T12:00:00.000Z'),
      [...runs, now],
      '2026-11-21T12:00:00.000Z',
    );
    expect(record).toMatchObject({ runs: 8, failures: 2 });
    const past = pastOf(record, target);
    expect(past).toMatchObject({ outcomes: { runs: 7, failures: 1 } });
    const { logFactor, reasons } = judgeHistory(historyOfRun(someRunFacts(), target, [past]), true);
    expect(logFactor).toBeGreaterThan(0.3);
    expect(reasons.at(-1)).toMatch(
      /^The test "cart pays" failed before in 1 of 7 recorded runs \(true rate 2 % to \d\d %\)\.$/,
    );
    // Another test that failed with it and never did before is not excused by it.
    const both = historyOfRun(someRunFacts(), target, [past, { name: 'cart ships', passed: [] }]);
    expect(judgeHistory(both, true).logFactor).toBe(0);
  });
});

describe('whether it failed before the change', () => {
  const facts = (defaultBranch: ReturnType<typeof result>[][], conclusions: string[]) =>
    aTelemetry({
      facts: someRunFacts({
        defaultBranchConclusions: conclusions,
        jobHistories: defaultBranch.map((own, at) => ({ jobId: at, sameCommit: [], defaultBranch: own })),
      }),
    });

  it('is looked up for the failed jobs, and for the workflow only where no job is known', () => {
    expect(preExistingOf(facts([[result(9, 1, true)]], ['failure']))).toBe(false);
    expect(preExistingOf(facts([[result(9, 1, false), result(8, 1, true)]], ['failure']))).toBe(true);
    expect(preExistingOf(facts([[result(9, 1, false)], [result(9, 1, true)]], ['failure']))).toBe(false);
    expect(preExistingOf(facts([[]], ['failure']))).toBe(true);
    expect(preExistingOf(facts([], []))).toBeNull();
  });
});
