import type { RunBaseline } from '@selfheal/pull-request-quality/domain/gates/run-baseline.ts';
import type { DefaultBranch } from '#shared/domain/access/workflow-run-caller.ts';
import type { RunOutcome, StatsStore } from '#shared/ports/test-store.ts';

export function makeMemoryStatsStore(): StatsStore {
  const scopes = new Map<string, Map<string, RunOutcome>>();
  const branches = new Map<string, DefaultBranch>();
  const baselines = new Map<string, RunBaseline>();
  return {
    recentRuns: async (scope, most = 10) =>
      [...(scopes.get(scope)?.values() ?? [])]
        .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.runId - a.runId || b.runAttempt - a.runAttempt))
        .slice(0, most)
        .map((outcome) => ({ ...outcome })),
    addRun: async (scope, outcome) => {
      const runs = scopes.get(scope) ?? new Map<string, RunOutcome>();
      runs.set(`${outcome.runId}#${outcome.runAttempt}`, { ...outcome });
      scopes.set(scope, runs);
    },
    keepRunBaseline: async (repository, baseline) => void baselines.set(repository.toLowerCase(), baseline),
    runBaseline: async (repository) => baselines.get(repository.toLowerCase()) ?? null,
    keepDefaultBranch: async (repositoryId, known) => void branches.set(String(repositoryId), known),
    defaultBranch: async (repositoryId) => branches.get(repositoryId) ?? null,
  };
}
