import { historyOfRun, pastOf } from '@selfheal/diagnosis/failure/history/history-of-run.ts';
import { testsByKey, withRuns } from '@selfheal/diagnosis/failure/history/known-runs.ts';
import type { RunHistory, TestPast } from '@selfheal/diagnosis/failure/run-history.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { identityOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { RunTarget, TargetContext } from '#shared/domain/incident/target-context.ts';
import type { StatsStore, TestStore } from '#shared/ports/test-store.ts';

export interface HistoryDeps {
  readonly stats: Pick<StatsStore, 'recentRuns'>;
  readonly tests: Pick<TestStore, 'testRecords'>;
}

/** Enough for the verdict: when more tests fail at once, they hardly fail by chance. */
const MAX_TESTS = 12;
const RUNS = 50;

/** Reads the history outside the log: attempts on the same commit, the default branch, and records of the failed tests. */
export async function readHistory(
  target: TargetContext,
  evidence: Evidence,
  telemetry: Telemetry | null,
  deps: HistoryDeps,
): Promise<{ history?: RunHistory }> {
  if (target.kind !== 'run' || telemetry?.facts.kind !== 'run') return {};
  const tests = await pastsOf(
    (evidence.failedTests ?? []).map(({ name }) => name),
    target,
    deps,
  );
  return { history: historyOfRun(telemetry.facts, target, tests) };
}

/** Earlier results of each failed test; empty for a test that never failed before. */
async function pastsOf(names: readonly string[], target: RunTarget, deps: HistoryDeps): Promise<TestPast[]> {
  const wanted = testsByKey(names.slice(0, MAX_TESTS));
  if (wanted.size === 0) return [];
  const repository = repositoryKeyOf(identityOf(target));
  const [records, runs] = await Promise.all([
    deps.tests.testRecords(repository, [...wanted.keys()]),
    deps.stats.recentRuns(runsKeyOf(target), RUNS),
  ]);
  const byKey = new Map(records.map((record) => [record.key, record]));
  return [...wanted].map(([key, name]) => {
    const record = byKey.get(key);
    return record === undefined ? { name, passed: [] } : pastOf(withRuns(record, runs), target);
  });
}
