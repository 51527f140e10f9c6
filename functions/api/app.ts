import * as z from 'zod';
import type { ApiKeyDeps } from '#shared/app/access/api-keys.ts';
import type { Authentication } from '#shared/app/access/authenticate.ts';
import type { SignIn } from '#shared/ports/access.ts';
import { notFound, problemOf } from './problem.ts';
import { REFERENCE_POLICY, renderReference } from './reference.ts';
import { type ApprovalRoutesDeps, approvalRoutes } from './routes/approvals.ts';
import { authRoutes } from './routes/auth.ts';
import { answers, makeRoutes, openRoute } from './routes/contract.ts';
import { type IncidentRoutesDeps, incidentRoutes } from './routes/incidents.ts';
import { keyRoutes } from './routes/keys.ts';

export type ApiDeps = IncidentRoutesDeps & ApprovalRoutesDeps & ApiSettings;

interface ApiSettings {
  readonly keys: ApiKeyDeps;
  readonly signIn: SignIn;
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

const health = openRoute({
  method: 'get',
  path: '/api/health',
  tags: ['system'],
  summary: 'Whether the API answers; reads nothing and needs no sign-in',
  responses: answers('It does.', z.object({ status: z.literal('ok'), version: z.string() })),
});

/**
 * All routes of the API. Their definitions are its validation, `/api/openapi.json` and the types of its client. Errors are
 * problem details (RFC 9457).
 */
export function makeApi(deps: ApiDeps) {
  const app = makeRoutes();
  app.use(async (context, next) => {
    context.set('authenticate', () => deps.authenticate(context.req.header()));
    await next();
  });
  app.notFound(notFound);
  app.onError((error) => {
    const answer = problemOf(error);
    if (answer.status >= 500) deps.onFailure(error);
    return answer;
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An ID token of the user pool, or an API key (sh_...).',
  });
  const info = { title: 'Selfheal', version: deps.version, description: 'Incidents, approvals and what led to them.' };
  const document = { openapi: '3.1.0', info };
  app.doc31('/api/openapi.json', document);
  app.get('/api/docs', (context) =>
    context.html(renderReference(app.getOpenAPI31Document(document)), 200, {
      'content-security-policy': REFERENCE_POLICY,
    }),
  );
  return app
    .openapi(health, (context) => context.json({ status: 'ok' as const, version: deps.version }, 200))
    .route('/', incidentRoutes(deps))
    .route('/', approvalRoutes(deps))
    .route('/', authRoutes(deps))
    .route('/', keyRoutes(deps.keys));
}

/** The routes with their requests and answers, for a typed client (`hc<Api>`). */
export type Api = ReturnType<typeof makeApi>;
