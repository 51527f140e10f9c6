import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { createMiddleware } from 'hono/factory';
import * as z from 'zod';
import type { Authentication } from '#shared/app/access/authenticate.ts';
import { type Caller, mayDo, type Permission } from '#shared/domain/access/caller.ts';
import type { WorkflowRunCaller } from '#shared/domain/access/workflow-run-caller.ts';
import { type Idempotency, idempotent } from '../idempotency.ts';
import { invalidRequest, ProblemDetails, problem } from '../problem.ts';

export interface Environment {
  Variables: {
    /** Reads the credentials of the request. */
    authenticate: () => Promise<Authentication>;
    /** Set on every route that needs a permission. */
    caller: Caller;
    /** Set in place of `caller` where a workflow's run calls a route that takes one. */
    workflowRun?: WorkflowRunCaller;
    idempotency: Idempotency;
    /** The same for every try of a request with an `Idempotency-Key`; absent without one. */
    requestId?: string;
    /** Set by a route whose answer holds a secret: it is not stored for repetitions. */
    holdsSecret?: true;
  };
}
export type Routes = OpenAPIHono<Environment>;

/** A router that answers a request of the wrong form with problem details. */
export function makeRoutes(): Routes {
  return new OpenAPIHono<Environment>({
    strict: false,
    defaultHook: (result) =>
      result.success
        ? undefined
        : invalidRequest(result.error, result.target, (result as { readonly data?: unknown }).data),
  });
}

/** Of an answer within the function: the revision that its `ETag` begins with. */
export const REVISION_HEADER = 'x-revision';

/** `GET /api/incidents/{id}/timeline` is `getIncidentsByIdTimeline`: the name of the route for programs that are made from the description. */
function operationIdOf({ method, path }: { readonly method: string; readonly path: string }): string {
  const words = path
    .replace(/^\/(?:api\/)?/, '')
    .split(/[/-]/)
    .map((part) =>
      part.replace(/^\{(.*)\}$/, 'By-$1').replace(/(?:^|[-_.])(\w)/g, (_, letter) => letter.toUpperCase()),
    );
  return `${method}${words.join('')}`;
}

/** For the description of the API; `idempotent` reads it. */
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description: 'The same request with the same key within a day is done once and gets the same answer.',
  schema: { type: 'string' as const, minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' },
};

/**
 * A route for callers with this permission: it is checked before anything of the request is read. `openapi.json` shows
 * it as `x-permission`, and `REFUSALS` beside the answers of the route. A request that may change something is done once for each `Idempotency-Key`.
 */
export function routeFor<const P extends string, const R extends Omit<RouteConfig, 'path' | 'security'> & { path: P }>(
  permission: Permission,
  route: R,
) {
  const isDoneOnce = route.method !== 'get' && permission !== 'read';
  return createRoute({
    operationId: operationIdOf(route),
    ...route,
    responses: { ...route.responses, ...REFUSALS },
    security: [{ bearer: [] }],
    'x-permission': permission,
    ...(isDoneOnce ? { parameters: [IDEMPOTENCY_KEY] } : {}),
    middleware: isDoneOnce ? ([permit(permission), idempotent()] as const) : ([permit(permission)] as const),
  });
}

/** A route that runs of workflows may call, too; it checks itself whether this one may do this. */
export function routeForRuns<
  const P extends string,
  const R extends Omit<RouteConfig, 'path' | 'security'> & { path: P },
>(permission: Permission, route: R) {
  return createRoute({
    operationId: operationIdOf(route),
    ...route,
    responses: { ...route.responses, ...REFUSALS },
    security: [{ bearer: [] }],
    'x-permission': permission,
    'x-workflow-runs': true,
    ...(route.method === 'get' ? {} : { parameters: [IDEMPOTENCY_KEY] }),
    middleware:
      route.method === 'get'
        ? ([permit(permission, { runs: true })] as const)
        : ([permit(permission, { runs: true }), idempotent()] as const),
  });
}

/** A route that needs no sign-in. */
export function openRoute<const P extends string, const R extends Omit<RouteConfig, 'path' | 'security'> & { path: P }>(
  route: R,
) {
  return createRoute({ operationId: operationIdOf(route), ...route, security: [] });
}

function permit(permission: Permission, { runs = false } = {}) {
  return createMiddleware<Environment>(async (context, next) => {
    const authentication = await context.get('authenticate')();
    switch (authentication.kind) {
      case 'accepted':
        break;
      case 'workflow-run':
        if (!runs)
          return problem(
            'forbidden',
            "A workflow's run may only read and write the quality documents of its repository.",
          );
        context.set('workflowRun', authentication.run);
        return await next();
      case 'refused':
        return problem('unauthenticated', authentication.reason);
      case 'unavailable':
        return problem('unavailable', authentication.reason);
      default:
        return authentication satisfies never;
    }
    const { caller } = authentication;
    if (!mayDo(caller, permission)) {
      const roles = caller.roles.length === 0 ? 'no role' : `the roles ${caller.roles.join(', ')}`;
      return problem('forbidden', `This needs the permission "${permission}". You have ${roles}.`);
    }
    context.set('caller', caller);
    await next();
  });
}

const failed = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemDetails } },
});

/** Further answers of a route, as problem details by status. */
export function withProblems<const S extends Readonly<Record<number, string>>>(descriptions: S) {
  const entries = Object.entries(descriptions).map(([status, description]) => [status, failed(description)]);
  return Object.fromEntries(entries) as { readonly [Status in keyof S]: ReturnType<typeof failed> };
}

/** Answers that every route with a permission may give; `routeFor` and `routeForRuns` add them. */
export const REFUSALS = {
  400: failed('The request is not valid; `errors` names the fields.'),
  401: failed('No valid token or API key.'),
  403: failed('The roles of the caller do not allow it.'),
  503: failed('Not available at the moment; `retry-after` says when to try again.'),
} as const;
export const NOT_FOUND = { 404: failed('There is no such thing.') } as const;

/** An empty text is refused by its length. */
const isSeen = (text: string): boolean => text === '' || cleanText(text, text.length) !== '';

/** A text that a person writes for others to read. One of nothing but control and invisible characters would be shown as nothing. */
export const writtenText = (max: number, params?: Parameters<typeof z.string>[0]) =>
  z.string(params).trim().min(1).max(max).refine(isSeen, 'must hold a character that can be seen');

/** The body of a request. */
export function jsonBody<S extends z.ZodType>(schema: S) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

export function answers<S extends z.ZodType>(description: string, schema: S) {
  return { 200: { description, content: { 'application/json': { schema } } } } as const;
}
