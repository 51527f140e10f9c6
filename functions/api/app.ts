import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import type { ApiKeyDeps } from '#shared/app/access/api-keys.ts';
import type { Authentication } from '#shared/app/access/authenticate.ts';
import { makeCounts } from '#shared/app/common/counts.ts';
import type { PolicyDeps } from '#shared/app/policy/change-policy.ts';
import { governed } from '#shared/app/policy/governed.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';
import { countingLogs, countRequests } from './count-requests.ts';
import { notFound, problemOf } from './problem.ts';
import { type ActionRoutesDeps, actionRoutes } from './routes/actions.ts';
import { applicationRoutes } from './routes/applications.ts';
import { type ApprovalRoutesDeps, approvalRoutes } from './routes/approvals.ts';
import { type AuthRoutesDeps, authRoutes } from './routes/auth.ts';
import { configRoutes } from './routes/config.ts';
import { type ConnectionRoutesDeps, connectionRoutes } from './routes/connections.ts';
import { answers, makeRoutes, openRoute } from './routes/contract.ts';
import { type DataRoutesDeps, dataRoutes } from './routes/data.ts';
import { type ExperimentRoutesDeps, experimentRoutes } from './routes/experiments.ts';
import { type IncidentChangeDeps, incidentChangeRoutes } from './routes/incident-changes.ts';
import { type IncidentRoutesDeps, incidentRoutes } from './routes/incidents.ts';
import { jobRoutes } from './routes/jobs.ts';
import { keyRoutes } from './routes/keys.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { type KnowledgeLearnDeps, knowledgeLearnRoutes } from './routes/knowledge-learn.ts';
import { knowledgeUpkeepRoutes } from './routes/knowledge-upkeep.ts';
import { type LearningRoutesDeps, learningRoutes } from './routes/learning.ts';
import { type LogRoutesDeps, logRoutes } from './routes/logs.ts';
import { type OperationRoutesDeps, operationRoutes } from './routes/operation.ts';
import { type OverviewRoutesDeps, overviewRoutes } from './routes/overview.ts';
import { patternChangeRoutes } from './routes/pattern-changes.ts';
import { type PeopleRoutesDeps, peopleRoutes } from './routes/people.ts';
import { type QualityRoutesDeps, qualityRoutes } from './routes/quality.ts';
import { type ReceivedRoutesDeps, receivedRoutes } from './routes/received.ts';
import { type TestRoutesDeps, testRoutes } from './routes/tests.ts';

export type ApiDeps = IncidentRoutesDeps &
  Pick<IncidentChangeDeps, 'changes'> &
  ReceivedRoutesDeps &
  Pick<KnowledgeLearnDeps, 'recordLearning'> &
  ApprovalRoutesDeps &
  Omit<ActionRoutesDeps, 'governance' | 'random'> &
  Omit<LearningRoutesDeps, 'rules'> &
  OperationRoutesDeps &
  ExperimentRoutesDeps &
  ConnectionRoutesDeps &
  LogRoutesDeps &
  OverviewRoutesDeps &
  AuthRoutesDeps &
  PeopleRoutesDeps &
  TestRoutesDeps &
  QualityRoutesDeps &
  DataRoutesDeps &
  ApiSettings;

interface ApiSettings {
  readonly keys: ApiKeyDeps;
  readonly policy: PolicyDeps;
  readonly repeatedRequests: RepeatedRequests;
  readonly clock: Clock;
  /** Finds out who sends a request, from its headers in lower case. */
  readonly authenticate: (headers: Readonly<Record<string, string>>) => Promise<Authentication>;
  readonly version: string;
  /** Hears of each error that is not the caller's; its words are not shown to them. */
  readonly onFailure: (error: Error) => void;
}

/** Of every answer that has no other: nothing may be kept, framed or guessed. */
export const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

const ABOUT =
  'Incidents, approvals and what led to them. A request that changes something takes an `Idempotency-Key`: sent again within a day, it gets the ' +
  'same answer and is done once. Every answer to a GET has an `ETag` for `If-None-Match`.';

const health = openRoute({
  method: 'get',
  path: '/api/health',
  tags: ['system'],
  summary: 'Whether the API answers; reads nothing and needs no sign-in',
  responses: answers('Healthy.', z.object({ status: z.literal('ok'), version: z.string() })),
});

/** Says of each tuple how long it is: without `items` a reader of JSON Schema takes it for a list of anything that begins so. */
function closedTuples<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closedTuples) as T;
  if (typeof node !== 'object' || node === null) return node;
  const closed = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closedTuples(value)]));
  const { prefixItems: items } = closed;
  const isOpen = Array.isArray(items) && !('items' in closed);
  const length = isOpen ? { minItems: items.length, maxItems: items.length } : {};
  return (isOpen ? { ...closed, items: { anyOf: items }, ...length } : closed) as T;
}

/**
 * All routes of the API. Their definitions are its validation, `/api/openapi.json` and the types of its client. Errors are
 * problem details (RFC 9457).
 */
export function makeApi(deps: ApiDeps) {
  const app = makeRoutes();
  app.use(async (context, next) => {
    context.set('authenticate', () => deps.authenticate(context.req.header()));
    context.set('idempotency', deps);
    await next();
  });
  const counts = makeCounts(deps.counters, deps.clock, deps.onFailure);
  app.use(countRequests(counts));
  app.notFound(notFound);
  app.onError((error) => {
    const answer = problemOf(error);
    if (answer.status >= 500) deps.onFailure(error);
    return answer;
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description:
      'An ID token of the user pool, an API key (sh_...), or for quality documents a token of GitHub Actions.',
  });
  const info = { title: 'Selfheal', version: deps.version, description: ABOUT };
  const servers = [{ url: deps.environment.apiUrl.replace(/\/$/, '') || '/' }];
  const described = () => {
    const document = app.getOpenAPI31Document({ openapi: '3.1.0', info, servers });
    const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path ?? {}));
    const tags = operations.flatMap((operation: { readonly tags?: readonly string[] }) => operation.tags ?? []);
    return closedTuples({ ...document, tags: [...new Set(tags)].sort().map((name) => ({ name })) });
  };
  app.get('/api/openapi.json', (context) => context.json(described()));
  app.get('/api/docs', async (context) => {
    const { REFERENCE_POLICY, renderReference } = await import('./reference.ts');
    return context.html(renderReference(described()), 200, { 'content-security-policy': REFERENCE_POLICY });
  });
  const learning = { ...deps, rules: async () => (await governed(deps.policy)).configuration.learning };
  const actionDeps = { ...deps, governance: deps.policy, random: deps.keys.random };
  return app
    .openapi(health, (context) => context.json({ status: 'ok' as const, version: deps.version }, 200))
    .route('/', overviewRoutes(deps))
    .route('/', incidentRoutes(deps))
    .route('/', incidentChangeRoutes({ ...deps, random: deps.keys.random }))
    .route('/', approvalRoutes(deps))
    .route('/', actionRoutes(actionDeps))
    .route('/', jobRoutes(actionDeps))
    .route('/', applicationRoutes(actionDeps))
    .route('/', authRoutes(deps))
    .route('/', keyRoutes(deps.keys))
    .route('/', peopleRoutes(deps))
    .route('/', configRoutes(deps.policy))
    .route('/', knowledgeRoutes(learning))
    .route('/', patternChangeRoutes(learning))
    .route('/', knowledgeUpkeepRoutes(learning))
    .route('/', knowledgeLearnRoutes(learning))
    .route('/', learningRoutes(learning))
    .route('/', operationRoutes(deps))
    .route('/', experimentRoutes(deps))
    .route('/', connectionRoutes(deps))
    .route('/', receivedRoutes(deps))
    .route('/', testRoutes(deps))
    .route('/', qualityRoutes(deps))
    .route('/', dataRoutes(deps))
    .route('/', logRoutes({ ...deps, logs: async () => countingLogs(await deps.logs(), counts) }));
}

/** The routes with their requests and answers, for a typed client (`hc<Api>`). */
export type Api = ReturnType<typeof makeApi>;
