import { testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { judgeHistory } from '@selfheal/diagnosis/failure/run-history.ts';
import { describe, expect, it } from 'vitest';
import { type HistoryDeps, readHistory } from '#shared/app/classify/history.ts';
import { recordTests } from '#shared/app/record/tests.ts';
import {
  aGithubTarget,
  anActionRecord,
  anEvidence,
  anIncident,
  aTelemetry,
  aTestQuarantine,
  redactedText,
} from '#test/builders/index.ts';
import { makeMemoryEvidenceStore, makeMemoryStatsStore, makeMemoryTestStore } from '#test/fakes/index.ts';

const START = Date.parse('2026-11-01T00:00:00.000Z');
const at = (hour: number): string => new Date(START + hour * 3_600_000).toISOString();
const SCOPE = '4711:acme/shop#77';
const shaOf = (run: number): string => run.toString(16).padStart(4, '0').repeat(10);

function setUp(onDefaultBranch = false) {
  const deps = { evidence: makeMemoryEvidenceStore(), stats: makeMemoryStatsStore(), tests: makeMemoryTestStore() };
  const targetOf = (run: number) =>
    aGithubTarget({
      repository: 'acme/shop',
      workflowId: 77,
      runId: run,
      runAttempt: 1,
      headSha: shaOf(run),
      onDefaultBranch,
    });
  const evidenceOf = (run: number, tests: readonly string[]) =>
    anEvidence({
      incidentId: `gh-${String(run).padStart(24, '0')}`,
      gatheredAt: at(run),
      failedTests: tests.map((name) => ({ name, source: 'job-1' })),
    });
  return {
    ...deps,
    deps,
    pass: (run: number, change: { runAttempt?: number } = {}) =>
      deps.stats.addRun(SCOPE, {
        runId: run,
        runAttempt: 1,
        conclusion: 'success',
        onDefaultBranch: true,
        at: at(run + 0.5),
        headSha: shaOf(run),
        ...change,
      }),
    /** A run in which these tests failed; `rerun`: it was repeated and passed. */
    fail: async (run: number, tests: readonly string[], rerun = false) => {
      const evidence = evidenceOf(run, tests);
      await deps.evidence.putEvidence(evidence);
      const receipt = { summary: redactedText('Re-ran.'), at: at(run), facts: { attempt: 2 } };
      const actions = rerun ? [anActionRecord({ state: 'done', receipt, verified: 'recovered' })] : [];
      await recordTests(anIncident({ id: evidence.incidentId, target: targetOf(run) }), actions, deps);
    },
    judge: async (run: number, tests: readonly string[], own: HistoryDeps = deps) => {
      const { history } = await readHistory(targetOf(run), evidenceOf(run, tests), aTelemetry(), own);
      return { tests: history?.tests, ...judgeHistory(history ?? { defaultBranchConclusions: [], attempt: 1 }, true) };
    },
    recordOf: async (name: string) => (await deps.tests.testRecords('4711:acme/shop', [testKeyOf(name)]))[0],
  };
}

describe('[B3] the records of failed tests', () => {
  it('count failures, passes of the workflow since, and commits that did both, once however often a step is repeated', async () => {
    const { fail, pass, recordOf } = setUp();
    await pass(1);
    for (let repeat = 0; repeat < 2; repeat += 1) await fail(2, ['cart pays'], true);
    for (const run of [3, 4, 5]) await pass(run);
    for (let repeat = 0; repeat < 2; repeat += 1) await fail(6, ['cart pays', 'cart ships']);
    // What passed before its first failure may not have held the test yet.
    expect(await recordOf('cart pays')).toMatchObject({ runs: 6, failures: 2, flips: 1, name: 'cart pays' });
    expect(await recordOf('cart ships')).toMatchObject({ runs: 1, failures: 1, flips: 0 });
  });

  it('speak for a flaky test when it fails again, with the counts, and not for one that fails for the first time', async () => {
    const { fail, pass, judge } = setUp();
    for (const run of [2, 7, 12]) {
      await fail(run, ['cart pays'], true);
      for (const next of [1, 2, 3, 4]) await pass(run + next);
    }
    const again = await judge(20, ['cart pays']);
    expect(again.logFactor).toBeGreaterThan(1);
    expect(again.reasons.at(-1)).toMatch(
      /^The test "cart pays" failed before in 3 of 18 recorded runs \(true rate \d+ % to \d+ %\), and both failed and passed on 3 commits\.$/,
    );
    const first = await judge(20, ['cart ships']);
    expect(first).toMatchObject({ tests: [{ name: 'cart ships', passed: [] }] });
    expect(first.reasons.join()).not.toContain('cart ships');
    expect((await judge(20, ['cart pays', 'cart ships'])).logFactor).toBeLessThanOrEqual(0);
  });

  it('are not asked for when the log names no test, and never of another repository', async () => {
    const { judge, deps, fail, tests } = setUp();
    const refuses = async () => {
      throw new Error('It was asked.');
    };
    const own = { stats: { recentRuns: refuses }, tests: { testRecords: refuses } };
    expect((await judge(3, [], own)).tests).toBeUndefined();
    await fail(2, ['cart pays']);
    expect(await tests.testRecords('acme/other', [testKeyOf('cart pays')])).toEqual([]);
    expect(deps.tests).toBe(tests);
  });
});

describe('a quarantined test', () => {
  const NAME = 'test/cart.test.ts > adds up';
  const held = () => {
    const setup = setUp(true);
    const own = aTestQuarantine({}, { testKey: testKeyOf(NAME), until: '2026-12-05' });
    return { ...setup, quarantine: () => setup.tests.quarantine('4711:acme/shop', own.test.testKey), own };
  };

  it('[B3] that always fails is released: it is broken', async () => {
    const { fail, tests, quarantine, own } = held();
    await tests.putQuarantine('4711:acme/shop', own);
    for (let run = 1; run <= 4; run += 1) await fail(run, [NAME]);
    expect((await quarantine())?.decisions).toEqual([]);
    await fail(5, [NAME]);
    expect((await quarantine())?.decisions).toEqual([
      {
        kind: 'released',
        at: at(5),
        by: 'selfheal',
        reason: 'It failed five times in a row: no longer flaky, so its failures count again.',
        until: '2026-11-01',
      },
    ]);
  });

  it('stays in quarantine while it passes now and then', async () => {
    const { fail, pass, tests, quarantine, own } = held();
    await tests.putQuarantine('4711:acme/shop', own);
    for (let run = 1; run <= 9; run += 1) {
      if (run % 3 === 0) await pass(run);
      else await fail(run, [NAME]);
    }
    expect((await quarantine())?.decisions).toEqual([]);
  });
});
