import { randomUUID } from 'node:crypto';
import { isObject, objectOf, textOf, textsOf } from '../template/json.ts';
import type { GatewayRequest, GatewayResponse } from '../wire/request.ts';
import type { HttpApi, Route } from './routes.ts';

/** Claims of a verified token, as an HTTP API passes them to the function. */
export type Claims = Readonly<Record<string, unknown>>;

const TEXT_TYPES = /^(text\/.*|application\/(json|javascript|xml|x-www-form-urlencoded)|[^;]+\+(json|xml))\s*(;|$)/i;

/** The event of payload format 2.0 (API Gateway Developer Guide, "AWS Lambda proxy integrations"). */
export function proxyEvent(request: GatewayRequest, api: HttpApi, route: Route, claims: Claims | null): string {
  const { cookie, ...headers } = request.headers;
  const [, rawQueryString = ''] = request.url.split(/\?(.*)/s);
  const parameters = route.match(request.path) ?? {};
  const now = new Date();
  const binary = request.body.length > 0 && !TEXT_TYPES.test(headers['content-type'] ?? 'text/plain');
  return JSON.stringify({
    version: '2.0',
    routeKey: route.key,
    rawPath: decodePath(request.path),
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers,
    ...(rawQueryString === '' ? {} : { queryStringParameters: joined(request.query) }),
    requestContext: {
      accountId: 'local',
      apiId: api.id,
      ...(claims === null ? {} : { authorizer: { jwt: { claims: textClaims(claims), scopes: null } } }),
      domainName: headers.host ?? '',
      domainPrefix: api.id,
      http: {
        method: request.method,
        path: decodePath(request.path),
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: api.stage,
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(parameters).length === 0 ? {} : { pathParameters: parameters }),
    ...(request.body.length === 0 ? {} : { body: request.body.toString(binary ? 'base64' : 'utf8') }),
    isBase64Encoded: binary,
  });
}

/** Converts a function's result to a response; API Gateway infers one from a result without a status. */
export function proxyResponse(payload: string): GatewayResponse {
  const result: unknown = JSON.parse(payload);
  if (!isObject(result) || result.statusCode === undefined) {
    const body = typeof result === 'string' ? result : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return internalError();
  const given = Object.entries(objectOf(result.headers)).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  const body = textOf(result.body) ?? '';
  const cookies = textsOf(result.cookies);
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(given),
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
    },
    body: result.isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

export function internalError(): GatewayResponse {
  return { status: 500, headers: { 'content-type': 'application/json' }, body: '{"message":"Internal Server Error"}' };
}

function joined(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));
}

/** API Gateway passes claims as strings; a list is written in brackets. */
function textClaims(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}

function decodePath(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
