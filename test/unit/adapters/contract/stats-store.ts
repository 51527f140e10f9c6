import { beforeEach, describe, expect, it } from 'vitest';
import type { RunOutcome, StatsStore } from '#shared/ports/test-store.ts';

const aRun = (runId: number, change: Partial<RunOutcome> = {}): RunOutcome => ({
  runId,
  runAttempt: 1,
  conclusion: 'success',
  onDefaultBranch: true,
  at: new Date(Date.parse('2026-11-21T12:00:00.000Z') + runId * 1000).toISOString(),
  ...change,
});

/** What every stats store does, whatever it is made of. */
export function statsStoreContract(name: string, open: () => Promise<StatsStore>): void {
  let store: StatsStore;
  beforeEach(async () => {
    store = await open();
  });

  describe(name, () => {
    it('keeps the ten newest outcomes of a workflow, the newest first, in whatever order they came', async () => {
      for (const runId of [3, 11, 1, 12, 9, 2, 10, 4, 8, 5, 7, 6]) await store.addRun('acme/shop#77', aRun(runId));
      await store.addRun('acme/shop#78', aRun(99));
      const recent = await store.recentRuns('acme/shop#77');
      expect(recent.map(({ runId }) => runId)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
      expect(recent[0]).toEqual(aRun(12));
    });

    it('counts a run and attempt once, and a late re-run of an old run as new', async () => {
      const rerun = aRun(1, { runAttempt: 2, conclusion: 'failure', at: '2026-11-22T00:00:00.000Z' });
      for (const outcome of [aRun(1), aRun(1), aRun(2), rerun]) await store.addRun('acme/shop#77', outcome);
      expect(await store.recentRuns('acme/shop#77')).toEqual([rerun, aRun(2), aRun(1)]);
    });

    it("keeps the newest baseline of a repository's quality gates, whatever the case of its name", async () => {
      expect(await store.runBaseline('acme/shop')).toBeNull();
      const baseline = { at: '2026-11-21T12:00:00.000Z', metrics: { coverage: { mean: 85.2, runs: 10 } } };
      await store.keepRunBaseline('Acme/Shop', { ...baseline, metrics: {} });
      await store.keepRunBaseline('Acme/Shop', baseline);
      expect(await store.runBaseline('acme/shop')).toEqual(baseline);
      expect(await store.runBaseline('acme/shopping')).toBeNull();
    });

    it('knows no runs of a workflow it never saw', async () => {
      expect(await store.recentRuns('acme/shop#1')).toEqual([]);
    });
  });
}
