import type { Clock } from '@selfheal/kernel/time.ts';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Count, CounterLabels, CounterStore } from '#shared/ports/counter-store.ts';
import type { Environment } from './routes/contract.ts';
import type { LogRequests } from './routes/logs.ts';

export interface RequestCounts {
  /** Counts for the request that goes on; written when it ends. */
  note(name: string, labels: CounterLabels, value?: number): void;
  /** Writes what was noted, if it is demanded or not too often. What was not written is written with a later request. */
  flush(demanded?: boolean): Promise<void>;
}

/** Writes of one instance in a second. What is counted beyond them is written in the next one: a busy API does not wait for its own counters. */
const WRITES_A_SECOND = 10;

/** Counts in memory and writes them together. `onFailure` hears of a write that failed: no request fails because of its count. */
export function makeRequestCounts(
  counters: CounterStore,
  clock: Clock,
  onFailure: (error: Error) => void,
): RequestCounts {
  /** By name and labels. */
  let pending = new Map<string, Count>();
  let second = 0;
  let writes = 0;
  return {
    note(name, labels, value = 1) {
      if (value === 0) return;
      const key = JSON.stringify([name, labels]);
      pending.set(key, { name, labels, value: value + (pending.get(key)?.value ?? 0) });
    },
    async flush(demanded = false) {
      const now = Math.floor(clock.now().getTime() / 1000);
      if (now !== second) {
        second = now;
        writes = 0;
      }
      if (pending.size === 0 || (!demanded && writes >= WRITES_A_SECOND)) return;
      writes += 1;
      const counts = [...pending.values()];
      pending = new Map();
      try {
        await counters.add(counts);
      } catch (error) {
        for (const { name, labels, value } of counts) this.note(name, labels, value);
        onFailure(error instanceof Error ? error : new Error('Counters could not be written.'));
      }
    },
  };
}

/** Read a thousand times a second by whoever watches the API; it reads and writes nothing. */
const HEALTH = '/api/health';
/** Shows the counters, so it writes first what this instance holds back. */
const METRICS: ReadonlySet<string> = new Set(['/api/metrics', '/metrics']);
const SEARCHES: ReadonlySet<string> = new Set(['/api/knowledge/search']);

/** Counts every request by its route, and those that fail. Unknown paths count as `other`, so that nobody makes counters by asking. */
export const countRequests = (counts: RequestCounts) =>
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
export function countingLogs(logs: LogRequests, { note }: Pick<RequestCounts, 'note'>): LogRequests {
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
