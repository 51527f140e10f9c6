import type { Functions } from '../functions/functions.ts';
import { AwsFault } from '../gateway/fault.ts';
import type { GatewayRequest, GatewayResponse } from '../gateway/request.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { UserPools } from '../identity/user-pools.ts';
import type { Deployment } from '../template/deployment.ts';
import { corsHeaders } from './cors.ts';
import { type Claims, internalError, proxyEvent, proxyResponse } from './event.ts';
import { authenticate } from './jwt-authorizer.ts';
import { type HttpApi, type Route, readHttpApis, type Throttle } from './routes.ts';
import { makeThrottle } from './throttle.ts';

export interface HttpApiOptions {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly functions: Functions;
  readonly userPools: UserPools;
}

/** Largest body API Gateway takes, in bytes. */
export const LARGEST_BODY = 10 * 1024 * 1024;

/** Serves the deployment's HTTP APIs; a request goes to the first API that has a route for it. */
export function makeHttpApis(options: HttpApiOptions): (request: GatewayRequest) => Promise<GatewayResponse> {
  const apis = readHttpApis(options.deployment).map((api) => ({ api, mayPass: makeLimits(api) }));
  return async (request) => {
    for (const { api, mayPass } of apis) {
      const cors = api.cors === null ? {} : corsHeaders(api.cors, request.headers.origin);
      const withCors = (response: GatewayResponse) => ({ ...response, headers: { ...response.headers, ...cors } });
      if (request.method === 'OPTIONS' && api.cors !== null) return withCors({ status: 204, headers: {}, body: '' });
      const route = api.routes.find(
        (each) => (each.method === 'ANY' || each.method === request.method) && each.match(request.path) !== null,
      );
      if (route === undefined) continue;
      if (!mayPass(route)) return withCors(message(429, 'Too Many Requests'));
      if (request.body.length > LARGEST_BODY) return withCors(message(413, 'Request Entity Too Large'));
      return withCors(await serve(request, api, route, options));
    }
    return message(404, 'Not Found');
  };
}

/** One bucket for each route with a limit of its own, and one that the others share. */
function makeLimits(api: HttpApi): (route: Route) => boolean {
  const bucketOf = (limit: Throttle | null) => (limit === null ? null : makeThrottle(limit.rate, limit.burst));
  const shared = bucketOf(api.throttle);
  const own = new Map(
    api.routes.flatMap((route) => (route.throttle === null ? [] : [[route, bucketOf(route.throttle)]])),
  );
  return (route) => (own.has(route) ? own.get(route) : shared)?.take() ?? true;
}

async function serve(
  request: GatewayRequest,
  api: HttpApi,
  route: Route,
  options: HttpApiOptions,
): Promise<GatewayResponse> {
  let claims: Claims | null = null;
  if (route.jwt !== null) {
    const authentication = await authenticate(request.headers.authorization, route.jwt, options.userPools);
    if (authentication.kind === 'unauthorized') {
      const refused = message(401, 'Unauthorized');
      return { ...refused, headers: { ...refused.headers, 'www-authenticate': 'Bearer' } };
    }
    if (authentication.kind === 'forbidden') return message(403, 'Forbidden');
    claims = authentication.claims;
  }
  const { region, account } = options.deployment;
  const sourceArn = `arn:aws:execute-api:${region}:${account}:${api.id}/${api.stage}/${request.method}${route.pathTemplate}`;
  const refused = options.authorizer.refusedForService('apigateway.amazonaws.com', [
    {
      action: 'lambda:InvokeFunction',
      resource: route.functionArn,
      context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account },
    },
  ]);
  if (refused !== null) return internalError();
  try {
    const result = await options.functions.invoke(route.functionArn, proxyEvent(request, api, route, claims));
    return result.ok ? proxyResponse(result.payload) : internalError();
  } catch (error) {
    if (error instanceof AwsFault)
      return message(
        error.status === 429 ? 503 : 500,
        error.status === 429 ? 'Service Unavailable' : 'Internal Server Error',
      );
    throw error;
  }
}

function message(status: number, text: string): GatewayResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message: text }) };
}
