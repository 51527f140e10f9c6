import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import type { ApiKeyDeps } from '#shared/app/access/api-keys.ts';
import type { Authentication } from '#shared/app/access/authenticate.ts';
import { type Counts, makeCounts } from '#shared/app/common/counts.ts';
import type { PolicyDeps } from '#shared/app/policy/change-policy.ts';
import { governed } from '#shared/app/policy/governed.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';
import { countingLogs, countRequests } from './count-requests.ts';
import { notFound, problemOf } from './problem.ts';
import type { ActionRoutesDeps } from './routes/actions.ts';
import type { ApprovalRoutesDeps } from './routes/approvals.ts';
import type { AuthRoutesDeps } from './routes/auth.ts';
import type { ConnectionRoutesDeps } from './routes/connections.ts';
import { answers, makeRoutes, openRoute } from './routes/contract.ts';
import type { DataRoutesDeps } from './routes/data.ts';
import type { ExperimentRoutesDeps } from './routes/experiments.ts';
import type { IncidentChangeDeps } from './routes/incident-changes.ts';
import type { IncidentRoutesDeps } from './routes/incidents.ts';
import type { KnowledgeLearnDeps } from './routes/knowledge-learn.ts';
import type { LearningRoutesDeps } from './routes/learning.ts';
import type { LogRoutesDeps } from './routes/logs.ts';
import type { OperationRoutesDeps } from './routes/operation.ts';
import type { OverviewRoutesDeps } from './routes/overview.ts';
import type { PeopleRoutesDeps } from './routes/people.ts';
import type { QualityRoutesDeps } from './routes/quality.ts';
import type { ReceivedRoutesDeps } from './routes/received.ts';
import type { TestRoutesDeps } from './routes/tests.ts';

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

const health = openRoute({
  method: 'get',
  path: '/api/health',
  tags: ['system'],
  summary: 'Whether the API answers; reads nothing and needs no sign-in',
  responses: answers('Healthy.', z.object({ status: z.literal('ok'), version: z.string() })),
});

/** What several routes share: the ports in the words of each, and the counts of this instance. */
export function makeRouteDeps(deps: ApiDeps) {
  const counts = makeCounts(deps.counters, deps.clock, deps.onFailure);
  return {
    all: deps,
    counts,
    actions: { ...deps, governance: deps.policy, random: deps.keys.random },
    changes: { ...deps, random: deps.keys.random },
    learning: { ...deps, rules: async () => (await governed(deps.policy)).configuration.learning },
    logs: { ...deps, logs: async () => countingLogs(await deps.logs(), counts) },
  };
}
export type RouteDeps = ReturnType<typeof makeRouteDeps>;

/**
 * The API with the route that reads nothing. It signs callers in, counts requests, and answers paths without a route. Errors are problem details
 * (RFC 9457).
 */
export function makeBase({ all: deps, counts }: { readonly all: ApiDeps; readonly counts: Counts }) {
  const app = makeRoutes();
  app.use(async (context, next) => {
    context.set('authenticate', () => deps.authenticate(context.req.header()));
    context.set('idempotency', deps);
    await next();
  });
  app.use(countRequests(counts));
  app.notFound(notFound);
  app.onError((error) => {
    const answer = problemOf(error);
    if (answer.status >= 500) deps.onFailure(error);
    return answer;
  });
  return app.openapi(health, (context) => context.json({ status: 'ok' as const, version: deps.version }, 200));
}
