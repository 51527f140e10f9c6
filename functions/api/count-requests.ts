import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Counts } from '#shared/app/common/counts.ts';
import type { Environment } from './routes/contract.ts';
import type { LogRequests } from './routes/logs.ts';

/** Read a thousand times a second by whoever watches the API; it reads and writes nothing. */
const HEALTH = '/api/health';
/** Shows the counters, so it writes first what this instance holds back. */
const METRICS: ReadonlySet<string> = new Set(['/api/metrics', '/metrics']);
const SEARCHES: ReadonlySet<string> = new Set(['/api/knowledge/search']);

/** Counts every request by its route, and those that fail. Unknown paths count as `other`, so that nobody makes counters by asking. */
export const countRequests = (counts: Counts) =>
  createMiddleware<Environment>(async (context, next) => {
    if (METRICS.has(context.req.path)) await counts.flush(true);
    await next();
    const route = matchedRoutes(context).findLast(({ method }) => method !== 'ALL');
    const endpoint = route?.path.replaceAll(/:(\w+)/g, '{$1}') ?? 'other';
    if (endpoint === HEALTH) return;
    const { status } = context.res;
    counts.note('requests_total', { endpoint, method: route?.method ?? 'other' });
    if (status >= 400) counts.note('errors_total', { endpoint, status: status >= 500 ? '5xx' : '4xx' });
    else if (SEARCHES.has(endpoint)) counts.note('searches_total', { endpoint });
    await counts.flush();
  });

/** The use cases about logs, with what they find counted by the route that asks. */
export function countingLogs(logs: LogRequests, { note }: Pick<Counts, 'note'>): LogRequests {
  return {
    ...logs,
    async analyze(given) {
      const found = await logs.analyze(given);
      note('anomalies_total', { endpoint: '/api/analyze' }, found.anomalies.length);
      return found;
    },
    async predict(given) {
      const found = await logs.predict(given);
      note('predictions_total', { endpoint: '/api/predict' });
      return found;
    },
    async search(...asked) {
      const found = await logs.search(...asked);
      note('searches_total', { endpoint: '/api/search' });
      return found;
    },
    async recommend(order) {
      const found = await logs.recommend(order);
      note('recommendations_total', { endpoint: '/api/recommend' }, found.recommended_actions.length);
      return found;
    },
    async triage(...asked) {
      const found = await logs.triage(...asked);
      const labels = { endpoint: '/api/logs/analyze' };
      note('anomalies_total', labels, found.anomalies.length);
      note('predictions_total', labels);
      note('searches_total', labels);
      note('recommendations_total', labels, found.recommended_actions.length);
      return found;
    },
  };
}
