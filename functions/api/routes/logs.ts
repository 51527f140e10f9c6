import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { present } from '@selfheal/kernel/present.ts';
import { Severity } from '@selfheal/log-reading/logs/severity.ts';
import * as z from 'zod';
import { recentScopes, resolveScope, type ScopeDeps } from '#shared/app/knowledge/scopes.ts';
import type { PatternOrder } from '#shared/app/triage/kept-logs.ts';
import {
  LogScan,
  LogStatistics,
  LogTriage,
  PatternCounts,
  PredictedCause,
  RecentLogs,
  Recommended,
  SimilarIncident,
} from '#shared/app/triage/log-answers.ts';
import type { CauseOrder, Logs } from '#shared/app/triage/triage-request.ts';
import { WatchedLog, WatchedService } from '#shared/app/triage/watched-answers.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { IncidentQuery } from '#shared/ports/incident-lists.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor } from './contract.ts';

/** Which kept lines; with `stream` those that a service sends, in place of those of incidents. */
export type LogQuery = IncidentQuery & { readonly stream?: string };

/** What is asked about logs. Nothing that is given is kept. */
export interface LogRequests {
  analyze(given: { readonly logs: Logs } | { readonly stream: string }): Promise<LogScan>;
  predict(logs: Logs): Promise<PredictedCause>;
  search(
    question: { readonly logs: Logs } | { readonly query: string },
    scopes: readonly string[],
    limit: number,
  ): Promise<SimilarIncident[]>;
  recommend(order: CauseOrder): Promise<Recommended>;
  triage(logs: Logs, place: { service: string | null; scopes: readonly string[] }): Promise<LogTriage>;
  recent(
    query: LogQuery,
    page: { limit: number; cursor?: string; levels: readonly Severity[] | null },
  ): Promise<RecentLogs>;
  statistics(query: LogQuery): Promise<LogStatistics>;
  patterns(patterns: readonly PatternOrder[], logs: Logs | null, query: LogQuery): Promise<PatternCounts>;
  services(): Promise<WatchedService[]>;
  watched(service: string): Promise<WatchedLog | null>;
}

export interface LogRoutesDeps extends ScopeDeps {
  readonly logs: () => Promise<LogRequests>;
}

const MAX_LINES = 100_000;
const GivenLogs = z
  .union([z.string().min(1), z.array(z.string()).min(1).max(MAX_LINES)], 'Must be a text or a list of lines')
  .meta({ description: 'A log: one text, or its lines. It is redacted first, and not kept.' });

const Service = z.string().min(1).max(100);
const Scope = z.string().min(1).max(400).meta({
  description: 'Whose past incidents: owner/name, an alarm, service#NAME. Without it those of all recent ones.',
});
const Place = { scope: Scope.optional(), service: Service.nullable().default(null) };

const Stream = z.string().min(1).max(100).meta({
  description:
    'The log that this service sends, in place of a given one or of what incidents keep; * for every service.',
});

const TAGS = ['logs'];

const analyze = routeFor('read', {
  method: 'post',
  path: '/api/analyze',
  tags: TAGS,
  summary: 'Anomalies and key events of a log',
  request: {
    body: jsonBody(
      z
        .strictObject({ logs: GivenLogs.optional(), stream: Stream.optional() })
        .refine(({ logs, stream }) => (logs === undefined) !== (stream === undefined), 'Give either logs or stream'),
    ),
  },
  responses: answers('The findings in the log.', LogScan),
});

const predict = routeFor('read', {
  method: 'post',
  path: '/api/predict',
  tags: TAGS,
  summary: 'The root cause of a failure, from its log',
  request: { body: jsonBody(z.strictObject({ logs: GivenLogs })) },
  responses: answers('The cause.', PredictedCause),
});

const search = routeFor('read', {
  method: 'post',
  path: '/api/search',
  tags: TAGS,
  summary: 'Past incidents and advice similar to a log or a few words',
  request: {
    body: jsonBody(
      z
        .strictObject({
          query: z.string().trim().min(1).max(2000).optional(),
          logs: GivenLogs.optional(),
          scope: Scope.optional(),
          limit: z.number().int().min(1).max(50).default(10),
        })
        .refine(({ query, logs }) => (query === undefined) !== (logs === undefined), 'Give either query or logs'),
    ),
  },
  responses: {
    ...answers('Best first.', z.object({ similar_incidents: z.array(SimilarIncident).readonly() })),
    ...NOT_FOUND,
  },
});

const recommend = routeFor('read', {
  method: 'post',
  path: '/api/recommend',
  tags: TAGS,
  summary: 'Remedies against a cause, with their expected benefit',
  description: 'It binds and executes nothing.',
  request: {
    body: jsonBody(
      z.strictObject({
        class: FailureClass.nullable()
          .default(null)
          .meta({ description: 'The class of the cause, as predicted; without it the words tell.' }),
        cause: z.string().max(4000).default('').meta({ description: 'Everything known of it, in words.' }),
        ...Place,
      }),
    ),
  },
  responses: {
    ...answers('Best first.', Recommended),
    ...NOT_FOUND,
  },
});

const triage = routeFor('read', {
  method: 'post',
  path: '/api/logs/analyze',
  tags: TAGS,
  summary: 'Everything about one log: anomalies, root cause, similar incidents, recommended actions',
  request: { body: jsonBody(z.strictObject({ logs: GivenLogs, ...Place })) },
  responses: { ...answers('Everything.', LogTriage), ...NOT_FOUND },
});

const Filter = {
  repository: RepositoryName.optional(),
  service: Service.optional(),
  class: FailureClass.optional(),
  stream: Stream.optional(),
  from: z.iso.datetime({ offset: true }).optional().meta({ description: 'Of incidents opened at this time or later.' }),
};

const recent = routeFor('read', {
  method: 'get',
  path: '/api/logs/recent',
  tags: TAGS,
  summary: 'Log lines that are kept as evidence of the latest incidents',
  request: {
    query: z.strictObject({
      ...Filter,
      level: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(Severity))
        .optional()
        .meta({ description: 'One level or several, with commas.' }),
      limit: z.coerce.number().int().min(1).max(25).default(10).meta({ description: 'Incidents a page.' }),
      cursor: z.string().max(2000).optional().meta({ description: 'The `next` of the page before.' }),
    }),
  },
  responses: answers('One page.', RecentLogs),
});

const statistics = routeFor('read', {
  method: 'get',
  path: '/api/logs/statistics',
  tags: TAGS,
  summary: 'Counts of the log lines that are kept of the latest incidents',
  request: { query: z.strictObject(Filter) },
  responses: answers('The counts.', LogStatistics),
});

const patterns = routeFor('read', {
  method: 'post',
  path: '/api/logs/patterns',
  tags: TAGS,
  summary:
    'How many lines regular expressions match, of a given log or of the latest incidents, and the templates of these lines',
  request: {
    body: jsonBody(
      z.strictObject({
        patterns: z
          .array(
            z.strictObject({
              name: z.string().trim().min(1).max(100),
              pattern: z.string().min(1).max(1000).meta({ description: 'In the syntax of RE2.' }),
              ignoreCase: z.boolean().default(false),
            }),
          )
          .max(20)
          .default([]),
        logs: GivenLogs.optional(),
        ...Filter,
      }),
    ),
  },
  responses: answers('The counts.', PatternCounts),
});

const services = routeFor('read', {
  method: 'get',
  path: '/api/logs/watched',
  tags: TAGS,
  summary: 'The services that send their logs',
  responses: answers('Those that sent last first.', z.object({ services: z.array(WatchedService).readonly() })),
});

const watched = routeFor('read', {
  method: 'get',
  path: '/api/logs/watched/{service}',
  tags: TAGS,
  summary: 'The log that a service sends: levels over time, patterns, and what is unusual against its own past',
  request: { params: z.strictObject({ service: z.string().min(1).max(100) }) },
  responses: { ...answers('The facts known of it.', WatchedLog), ...NOT_FOUND },
});

export function logRoutes(deps: LogRoutesDeps) {
  return makeRoutes()
    .openapi(analyze, async (context) =>
      context.json(await (await deps.logs()).analyze(context.req.valid('json') as GivenOrStream), 200),
    )
    .openapi(predict, async (context) =>
      context.json(await (await deps.logs()).predict(context.req.valid('json').logs), 200),
    )
    .openapi(search, async (context) => {
      const { query, logs, scope, limit } = context.req.valid('json');
      const scopes = await scopesOf(scope, deps);
      const question = logs === undefined ? { query: query ?? '' } : { logs };
      return context.json({ similar_incidents: await (await deps.logs()).search(question, scopes, limit) }, 200);
    })
    .openapi(recommend, async (context) => {
      const { class: failureClass, cause: words, scope, service } = context.req.valid('json');
      requireService(service, deps);
      const [only = null] = scope === undefined ? [] : await scopesOf(scope, deps);
      const order = { class: failureClass, words, service, scope: only };
      return context.json(await (await deps.logs()).recommend(order), 200);
    })
    .openapi(triage, async (context) => {
      const { logs, scope, service } = context.req.valid('json');
      requireService(service, deps);
      const scopes = await scopesOf(scope, deps);
      return context.json(await (await deps.logs()).triage(logs, { service, scopes }), 200);
    })
    .openapi(recent, async (context) => {
      const { level: levels = null, limit, cursor, ...filter } = context.req.valid('query');
      const page = { limit, levels, ...present({ cursor }) };
      return context.json(await (await deps.logs()).recent(queryOf(filter), page), 200);
    })
    .openapi(statistics, async (context) =>
      context.json(await (await deps.logs()).statistics(queryOf(context.req.valid('query'))), 200),
    )
    .openapi(patterns, async (context) => {
      const { patterns: asked, logs = null, ...filter } = context.req.valid('json');
      return context.json(await (await deps.logs()).patterns(asked, logs, queryOf(filter)), 200);
    })
    .openapi(services, async (context) => context.json({ services: await (await deps.logs()).services() }, 200))
    .openapi(watched, async (context) => {
      const { service } = context.req.valid('param');
      const found = await (await deps.logs()).watched(service);
      if (found === null)
        throw new Problem(
          'not-found',
          `No service ${service} sends its log. GET /api/logs/watched lists those that do.`,
        );
      return context.json(found, 200);
    });
}

type GivenOrStream = Parameters<LogRequests['analyze']>[0];

/** Scopes that one search looks at. */
const MAX_SCOPES = 20;

/** The named scope, or those of the latest incidents. Throws `Problem` for one that is not known. */
async function scopesOf(given: string | undefined, deps: LogRoutesDeps): Promise<string[]> {
  if (given === undefined) return (await recentScopes(deps)).slice(0, MAX_SCOPES).map(({ scope }) => scope);
  const found = await resolveScope(given, deps);
  if (found.kind === 'scope') return [found.scope];
  throw new Problem(found.kind === 'invalid' ? 'invalid-request' : 'not-found', found.reason);
}

function requireService(service: string | null, { configuration }: LogRoutesDeps): void {
  if (service !== null && !configuration.services.some(({ id }) => id === service))
    throw new Problem('not-found', `service: the configuration has no service ${service}.`);
}

function queryOf({
  repository,
  service,
  class: failureClass,
  from,
  stream,
}: {
  readonly repository?: string | undefined;
  readonly service?: string | undefined;
  readonly class?: FailureClass | undefined;
  readonly from?: string | undefined;
  readonly stream?: string | undefined;
}): LogQuery {
  return {
    ...present({ stream, repository, service, failureClass }),
    ...(from === undefined ? {} : { openedFrom: new Date(from) }),
  };
}
