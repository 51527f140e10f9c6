import type { CodeHost, Job } from '#shared/ports/code-host.ts';

/**
 * Caches the state, the jobs and the log of each run, so that several steps and lookups read them only once. A failed
 * read is not cached.
 */
export function withOneRead(host: CodeHost): CodeHost {
  const reads = new Map<string, Promise<unknown>>();
  const once = <T>(key: readonly unknown[], read: () => Promise<T>): Promise<T> => {
    const name = JSON.stringify(key);
    const known = reads.get(name);
    if (known !== undefined) return known as Promise<T>;
    const reading = read();
    reads.set(name, reading);
    reading.catch(() => reads.delete(name));
    return reading;
  };
  return {
    ...host,
    getRun: (repository, runId) => once(['run', repository, runId], () => host.getRun(repository, runId)),
    listJobs: (repository, runId, attempt) =>
      once(['jobs', repository, runId, attempt], () => host.listJobs(repository, runId, attempt)),
    downloadLogs: (repository, runId, attempt, ...limits) =>
      once(['logs', repository, runId, attempt], () => host.downloadLogs(repository, runId, attempt, ...limits)),
  };
}

/** Filters the jobs of one run to the selected ones. Jobs of other runs stay, because its history needs them. */
export function withJobs(host: CodeHost, runId: number, isWanted: (job: Job) => boolean): CodeHost {
  return {
    ...host,
    listJobs: async (repository, id, attempt) => {
      const jobs = await host.listJobs(repository, id, attempt);
      return id === runId ? jobs.filter(isWanted) : jobs;
    },
  };
}
