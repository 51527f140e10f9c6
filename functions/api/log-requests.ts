import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { LinearEngine } from '@selfheal/log-reading/logs/text-pattern.ts';
import {
  type ShowWatchedDeps,
  streamAnomalies,
  streamLines,
  streamStatistics,
  watchedLog,
  watchedServices,
} from '#shared/app/log-watch/show-watched.ts';
import type { KeptLogsDeps } from '#shared/app/triage/kept-logs.ts';
import { countPatterns, logStatistics, recentLogs } from '#shared/app/triage/kept-logs.ts';
import { readLog, scanLines } from '#shared/app/triage/read-log.ts';
import {
  predictCause,
  recommend,
  searchSimilar,
  type TriageRequestDeps,
  triageLogs,
} from '#shared/app/triage/triage-request.ts';
import type { IncidentQuery } from '#shared/ports/incident-lists.ts';
import type { LogRequests } from './routes/logs.ts';

/** The use cases behind the routes about logs: loaded when the first of them is needed. */
export function makeLogRequests(
  deps: TriageRequestDeps & KeptLogsDeps & ShowWatchedDeps & { readonly engine: () => Promise<LinearEngine> },
): LogRequests {
  return {
    analyze: async (given) => {
      if (!('stream' in given)) return scanLines(readLog(given.logs).lines);
      const [entries, watched] = await Promise.all([
        streamLines(given.stream, null, deps),
        streamAnomalies(given.stream, deps),
      ]);
      return { ...scanLines(entries.map(({ text }) => text)), watched };
    },
    predict: (logs) => predictCause(logs, deps),
    search: (question, scopes, limit) => searchSimilar(question, scopes, limit, deps),
    recommend: (order) => recommend(order, deps),
    triage: (logs, place) => triageLogs(logs, place, deps),
    recent: async ({ stream, ...query }, page) => {
      if (stream === undefined) return await recentLogs(query, page, deps);
      refuseFilter(query);
      return { entries: await streamLines(stream, page.levels, deps), next: null };
    },
    statistics: async ({ stream, ...query }) => {
      if (stream === undefined) return await logStatistics(query, deps);
      refuseFilter(query);
      return await streamStatistics(stream, deps);
    },
    patterns: async (patterns, logs, { stream, ...query }) => {
      if (stream === undefined) return await countPatterns(patterns, logs, query, deps);
      refuseFilter(query);
      if (logs !== null) throw new InvalidInput('stream: give either a stream or logs.');
      const lines = (await streamLines(stream, null, deps)).map(({ text }) => text);
      return await countPatterns(patterns, lines, query, deps);
    },
    services: () => watchedServices(deps),
    watched: (service) => watchedLog(service, deps),
  };
}

/** A watched log is that of a service, whatever incidents there are. */
function refuseFilter(query: IncidentQuery): void {
  const [name] = Object.keys(query);
  if (name !== undefined)
    throw new InvalidInput(
      'stream: give either a stream, or repository, service, class and from, which choose incidents.',
    );
}
