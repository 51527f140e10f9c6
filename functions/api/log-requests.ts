import type { LinearEngine } from '@selfheal/log-reading/logs/text-pattern.ts';
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
import type { LogRequests } from './routes/logs.ts';

/** The use cases behind the routes about logs: loaded when the first of them is needed. */
export function makeLogRequests(
  deps: TriageRequestDeps & KeptLogsDeps & { readonly engine: () => Promise<LinearEngine> },
): LogRequests {
  return {
    analyze: async (logs) => scanLines(readLog(logs).lines),
    predict: (logs) => predictCause(logs, deps),
    search: (question, scopes, limit) => searchSimilar(question, scopes, limit, deps),
    recommend: (order) => recommend(order, deps),
    triage: (logs, place) => triageLogs(logs, place, deps),
    recent: (query, page) => recentLogs(query, page, deps),
    statistics: (query) => logStatistics(query, deps),
    patterns: (patterns, logs, query) => countPatterns(patterns, logs, query, deps),
  };
}
