import type { CodeHost } from '#shared/ports/code-host.ts';
import type { PastRun } from '#shared/ports/past-runs.ts';

/** Larger archives are read again where they are needed again. */
const MAX_KEPT_BYTES = 5_000_000;
const MAX_ARCHIVES = 12;

/**
 * GitHub as it was when a past attempt had just failed: no later run, no later attempt and no later result of a job. What is known of other runs comes from
 * `all`, without further requests.
 */
export function hostAt(host: CodeHost, { run: own, place }: PastRun, all: readonly PastRun[]): CodeHost {
  const then = Date.parse(own.updatedAt);
  const earlier = all.filter(({ run }) => run.id !== own.id && Date.parse(run.updatedAt) <= then);
  return {
    ...host,
    getRun: async (repository, runId) => (runId === own.id ? own : host.getRun(repository, runId)),
    hasNewerRun: async () =>
      all.some((one) => one.place === place && one.run.id > own.id && Date.parse(one.run.createdAt) <= then),
    listDefaultBranchRuns: async (_repository, workflowId, limit) =>
      earlier
        .filter(({ onDefaultBranch, run }) => onDefaultBranch && run.workflowId === workflowId)
        .slice(0, limit)
        .map(({ run }) => run),
    listCommitRuns: async (_repository, { workflowId, headSha, event }, limit) => [
      own,
      ...earlier
        .filter((one) => one.event === event && one.run.workflowId === workflowId && one.run.headSha === headSha)
        .slice(0, limit - 1)
        .map(({ run }) => run),
    ],
    listJobAttempts: async (repository, runId) =>
      (await host.listJobAttempts(repository, runId)).filter(({ attempt, completedAt }) =>
        completedAt === undefined ? runId === own.id && attempt <= own.attempt : Date.parse(completedAt) <= then,
      ),
  };
}

/** Caches what the replays of several runs ask for alike: results of jobs, and the newest small archives. */
export function withSharedReads(host: CodeHost): CodeHost {
  const jobs = new Map<string, ReturnType<CodeHost['listJobAttempts']>>();
  const archives = new Map<string, ReturnType<CodeHost['downloadLogs']>>();
  return {
    ...host,
    listJobAttempts: (repository, runId) => {
      const key = `${repository}#${runId}`;
      const reading = jobs.get(key) ?? host.listJobAttempts(repository, runId);
      jobs.set(key, reading);
      reading.catch(() => jobs.delete(key));
      return reading;
    },
    downloadLogs: (repository, runId, attempt, ...limits) => {
      const key = `${repository}#${runId}#${attempt}`;
      const known = archives.get(key);
      if (known !== undefined) return known;
      const reading = host.downloadLogs(repository, runId, attempt, ...limits);
      archives.set(key, reading);
      const drop = () => archives.delete(key);
      reading.then(
        (archive) => (archive.kind === 'archive' && archive.bytes.length > MAX_KEPT_BYTES ? drop() : null),
        drop,
      );
      for (const oldest of [...archives.keys()].slice(0, -MAX_ARCHIVES)) archives.delete(oldest);
      return reading;
    },
  };
}
