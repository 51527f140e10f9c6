import { Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import { readActionStats } from '#shared/app/actions/read-actions.ts';
import { cursorOf, positionIn } from '#shared/app/common/list-cursor.ts';
import { MAX_PREDICTIONS } from '#shared/app/learning/read-learning.ts';
import {
  ACTION_DAYS,
  actionMetricsOf,
  keptBriefly,
  makeOperationReader,
  metricsOf,
  type ReadOperationDeps,
} from '#shared/app/learning/read-operation.ts';
import { CostReport, costOf } from '#shared/domain/answers/cost.ts';
import { awsMicrodollarsOf, costByDay } from '#shared/domain/answers/cost-series.ts';
import { countedFamilies } from '#shared/domain/answers/counted-metrics.ts';
import {
  OPENMETRICS_TYPE,
  PROMETHEUS_TYPE,
  prefersOpenMetrics,
  renderMetrics,
  renderOpenMetrics,
} from '#shared/domain/answers/prometheus.ts';
import { ServiceLevel, serviceLevelOf } from '#shared/domain/answers/service-level.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { CounterStore } from '#shared/ports/counter-store.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import type { StatsStore } from '#shared/ports/test-store.ts';
import { Problem } from '../problem.ts';
import { answers, makeRoutes, NOT_FOUND, routeFor } from './contract.ts';

export interface OperationRoutesDeps extends ReadOperationDeps {
  readonly configuration: Pick<Configuration, 'services' | 'model' | 'home'>;
  readonly stats: Pick<StatsStore, 'recentRuns'>;
  readonly version: string;
  readonly experience: Pick<ExperienceStore, 'actionOutcomes'>;
  readonly counters: CounterStore;
}

export const SystemStatus = z
  .object({
    version: z.string(),
    api: z.literal('ok'),
    workflow: z.object({
      state: z.enum(['ok', 'stalled']),
      stalled: z.number().int().meta({ description: 'Open incidents that did not change for an hour.' }),
    }),
    openIncidents: z.object({ count: z.number().int(), more: z.boolean() }),
    approvalsPending: z.number().int(),
    lastHealed: z.object({ id: z.string(), class: z.string().nullable(), at: z.string() }).nullable(),
    model: z.object({
      id: z.string(),
      languageModel: z.string().meta({ description: 'The configured provider; `rules` for none.' }),
      accuracy: Proportion.nullable(),
      degraded: z.boolean(),
    }),
  })
  .meta({ id: 'SystemStatus' });

const Cost = CostReport.extend({ awsMicrodollars: z.number() });

export const Costs = z
  .object({
    days: z.number().int(),
    total: Cost,
    awsMicrodollarsPerIncident: z.number().nullable(),
    byDay: z.array(Cost.extend({ day: z.string() })),
  })
  .meta({
    id: 'Costs',
    description: `A microdollar is a millionth of a dollar. Language models by their configured prices; AWS is an estimate of transitions, calls and requests, without logs, time and memory. From the latest ${MAX_PREDICTIONS} predictions.`,
  });

export const ServiceLevels = z
  .object({
    from: z.string(),
    to: z.string(),
    services: z.array(ServiceLevel.extend({ criticality: z.enum(['low', 'medium', 'high', 'critical']) })),
    next: z.string().nullable(),
  })
  .meta({
    id: 'ServiceLevels',
    description: 'By the alarms of each service. Availability is an upper bound where incidents were handed to people.',
  });

export const Baselines = z
  .object({
    repository: z.string(),
    baselines: z.array(
      z.object({
        workflowId: z.number().int(),
        runs: z.array(
          z.object({
            runId: z.number().int(),
            runAttempt: z.number().int(),
            conclusion: z.string(),
            onDefaultBranch: z.boolean(),
            at: z.string(),
          }),
        ),
        passRate: Proportion.nullable(),
      }),
    ),
  })
  .meta({ id: 'Baselines', description: 'The latest runs of the workflows that failed lately.' });

const TAGS = ['operation'];
const days = (otherwise: number) => z.coerce.number().int().min(1).max(400).default(otherwise);

const status = routeFor('read', {
  method: 'get',
  path: '/api/status',
  tags: TAGS,
  summary: 'Whether Selfheal itself is well: API, workflow, open incidents, last healed, model',
  responses: answers('The state.', SystemStatus),
});

const metrics = routeFor('read', {
  method: 'get',
  path: '/api/metrics',
  tags: TAGS,
  summary: 'Figures and counters in the text format of Prometheus or, where `Accept` prefers it, OpenMetrics',
  description: 'Figures are read anew at most every 30 seconds, counters for every request.',
  responses: { 200: { description: 'The figures.', content: { 'text/plain': { schema: z.string() } } } },
});

const costs = routeFor('read', {
  method: 'get',
  path: '/api/costs',
  tags: TAGS,
  summary: 'Cost of language models and AWS, by incident and day',
  request: { query: z.strictObject({ days: days(30) }) },
  responses: answers('The costs.', Costs),
});

const levels = routeFor('read', {
  method: 'get',
  path: '/api/service-levels',
  tags: TAGS,
  summary: 'How available each configured service was, and what is left of its error budget',
  request: {
    query: z.strictObject({
      days: days(30),
      objective: z.coerce.number().min(0).max(1).default(0.999),
      service: z.string().min(1).max(60).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: z.string().max(2000).optional(),
    }),
  },
  responses: { ...answers('The levels, by the id of the service.', ServiceLevels), ...NOT_FOUND },
});

const baselines = routeFor('read', {
  method: 'get',
  path: '/api/baselines',
  tags: TAGS,
  summary: 'The latest outcomes of the workflows of a repository',
  request: { query: z.strictObject({ repository: RepositoryName }) },
  responses: { ...answers('The baselines.', Baselines), ...NOT_FOUND },
});

const DAY_MS = 24 * 60 * 60 * 1000;
/** Incidents of a repository that are searched for workflows. */
const LOOKED_AT = 100;
const MAX_WORKFLOWS = 10;

export function operationRoutes(deps: OperationRoutesDeps) {
  const { configuration, version, clock } = deps;
  const read = makeOperationReader(deps);
  const { experience } = deps;
  const readActions = keptBriefly(
    () => readActionStats({ action: null, days: ACTION_DAYS }, { experience, clock }),
    deps,
  );
  return makeRoutes()
    .openapi(status, async (context) => {
      const { open, stalled, approvalsPending, lastHealed, quality } = await read();
      return context.json(
        {
          version,
          api: 'ok' as const,
          workflow: { state: stalled === 0 ? ('ok' as const) : ('stalled' as const), stalled },
          openIncidents: open,
          approvalsPending,
          lastHealed,
          model: {
            id: quality.model,
            languageModel: configuration.model.provider,
            accuracy: quality.accuracy,
            degraded: quality.degraded,
          },
        },
        200,
      );
    })
    .openapi(metrics, async (context) => {
      // Totals are read for every scrape: one that is kept would fall behind that of another instance, and look like a restart.
      const [operation, actions, totals] = await Promise.all([read(), readActions(), deps.counters.totals()]);
      const families = [...metricsOf(operation, version), ...actionMetricsOf(actions), ...countedFamilies(totals)];
      const isOpen = prefersOpenMetrics(context.req.header('accept'));
      return context.text(isOpen ? renderOpenMetrics(families) : renderMetrics(families), 200, {
        'content-type': isOpen ? OPENMETRICS_TYPE : PROMETHEUS_TYPE,
        vary: 'accept',
      });
    })
    .openapi(costs, async (context) => {
      const { days: count } = context.req.valid('query');
      const to = clock.now();
      const since = new Date(Math.floor(to.getTime() / DAY_MS) * DAY_MS - (count - 1) * DAY_MS).toISOString();
      const all = await deps.predictions.recentPredictions(MAX_PREDICTIONS);
      const ended = all.filter(({ ending }) => ending !== undefined && ending.at >= since);
      const total = { ...costOf(ended), awsMicrodollars: awsMicrodollarsOf(ended) };
      const perIncident = total.incidents === 0 ? null : total.awsMicrodollars / total.incidents;
      const byDay = costByDay(ended, { to, days: count });
      return context.json({ days: count, total, awsMicrodollarsPerIncident: perIncident, byDay }, 200);
    })
    .openapi(levels, async (context) => {
      const { days: count, objective, service, limit, cursor } = context.req.valid('query');
      const services = [...configuration.services].sort((a, b) => (a.id < b.id ? -1 : 1));
      if (service !== undefined && !services.some(({ id }) => id === service))
        throw new Problem('not-found', `There is no service ${service}. Services are listed in selfheal.json.`);
      const list = { list: 'service-levels', days: count, objective, service: service ?? null };
      const after = positionIn(list, cursor);
      const to = clock.now();
      const period = { from: new Date(to.getTime() - count * DAY_MS), to, objective };
      const wanted = services.filter(
        ({ id }) => (service === undefined || id === service) && (after === null || id > after),
      );
      const shown = wanted.slice(0, limit);
      const predictions = await deps.predictions.recentPredictions(MAX_PREDICTIONS);
      return context.json(
        {
          from: period.from.toISOString(),
          to: to.toISOString(),
          services: shown.map((one) => ({
            criticality: one.criticality,
            ...serviceLevelOf(one, predictions, period, configuration.home),
          })),
          next: cursorOf(list, wanted.length > limit ? (shown.at(-1)?.id ?? null) : null),
        },
        200,
      );
    })
    .openapi(baselines, async (context) => {
      const { repository } = context.req.valid('query');
      const { incidents } = await deps.lists.list({ repository }, { limit: LOOKED_AT, order: 'newest' });
      const targets = incidents.flatMap(({ target }) => (target.kind === 'run' ? [target] : []));
      if (targets.length === 0) throw new Problem('not-found', `${repository} had no incident yet.`);
      const workflows = new Map(targets.map((target) => [target.workflowId, runsKeyOf(target)] as const).reverse());
      const found = await Promise.all(
        [...workflows].slice(-MAX_WORKFLOWS).map(async ([workflowId, key]) => {
          const runs = (await deps.stats.recentRuns(key)).map(
            ({ runId, runAttempt, conclusion, onDefaultBranch, at }) => ({
              ...{ runId, runAttempt, conclusion, onDefaultBranch, at },
            }),
          );
          const passed = runs.filter(({ conclusion }) => conclusion === 'success').length;
          return { workflowId, runs, passRate: proportionOf(passed, runs.length) };
        }),
      );
      return context.json({ repository, baselines: found }, 200);
    });
}
