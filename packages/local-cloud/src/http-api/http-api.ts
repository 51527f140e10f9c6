import type { Functions } from '../functions/functions.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { UserPools } from '../identity/user-pools.ts';
import type { Deployment } from '../template/deployment.ts';
import { type JsonObject, textsOf } from '../template/json.ts';
import { AwsFault, type GatewayRequest, type GatewayResponse } from '../wire/request.ts';
import { type Claims, internalError, proxyEvent, proxyResponse } from './event.ts';
import { authenticate } from './jwt-authorizer.ts';
import { type HttpApi, type Route, readHttpApis, type Throttle } from './routes.ts';

export interface HttpApiOptions {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly functions: Functions;
  readonly userPools: UserPools;
}

/** API Gateway's limit for a request body, in bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Serves the deployment's HTTP APIs; the first API with a matching route answers, or else `otherwise`, which is 404 when left out. */
export function makeHttpApis(
  options: HttpApiOptions,
): (
  request: GatewayRequest,
  otherwise?: (request: GatewayRequest) => Promise<GatewayResponse>,
) => Promise<GatewayResponse> {
  const apis = readHttpApis(options.deployment).map((api) => ({ api, mayPass: makeLimits(api) }));
  return async (request, otherwise) => {
    for (const { api, mayPass } of apis) {
      const cors = api.cors === null ? {} : corsHeaders(api.cors, request.headers.origin);
      const withCors = (response: GatewayResponse) => ({ ...response, headers: { ...response.headers, ...cors } });
      if (request.method === 'OPTIONS' && api.cors !== null) return withCors({ status: 204, headers: {}, body: '' });
      const route = api.routes.find(
        (each) => (each.method === 'ANY' || each.method === request.method) && each.match(request.path) !== null,
      );
      if (route === undefined) continue;
      if (!mayPass(route)) return withCors(message(429, 'Too Many Requests'));
      if (request.body.length > MAX_BODY_BYTES) return withCors(message(413, 'Request Entity Too Large'));
      return withCors(await serve(request, api, route, options));
    }
    return (await otherwise?.(request)) ?? message(404, 'Not Found');
  };
}

/** Makes one bucket for each route with its own limit, and one that the other routes share. */
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
    const result = await options.functions.invoke(
      route.functionArn,
      proxyEvent(request, api, route, claims),
      request.signal,
    );
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

/** The headers that an HTTP API with this `CorsConfiguration` adds for an origin; none when the origin is not allowed. */
function corsHeaders(configuration: JsonObject, origin: string | undefined): Record<string, string> {
  const origins = textsOf(configuration.AllowOrigins);
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return {};
  const list = (name: string, header: string): Record<string, string> => {
    const values = textsOf(configuration[name]);
    return values.length === 0 ? {} : { [header]: values.join(',') };
  };
  return {
    'access-control-allow-origin': origins.includes('*') ? '*' : origin,
    ...list('AllowMethods', 'access-control-allow-methods'),
    ...list('AllowHeaders', 'access-control-allow-headers'),
    ...list('ExposeHeaders', 'access-control-expose-headers'),
    ...list('MaxAge', 'access-control-max-age'),
    ...(configuration.AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}

/** A token bucket: `rate` requests a second on average, at most `burst` at once. `now` is in milliseconds. */
export function makeThrottle(rate: number, burst: number, now: () => number = () => performance.now()) {
  let tokens = burst;
  let filledAt = now();
  return {
    /** Takes a token; false when the request must be throttled. */
    take(): boolean {
      const at = now();
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
      filledAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
