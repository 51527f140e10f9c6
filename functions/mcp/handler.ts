import { createMcpHandler } from '@modelcontextprotocol/server';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { makeMcpServer } from '#shared/app/mcp/server.ts';
import { ApiRefusal, type DeploymentApi } from '#shared/ports/deployment-api.ts';

/** What the function answers with. */
export interface McpDeps {
  /** The API of the deployment, asked with this token. */
  readonly api: (token: string, dashboardUrl: string | null) => DeploymentApi;
  readonly version: string;
  /** Hears of each error that is not the caller's. */
  readonly onFailure: (error: unknown) => void;
}

/** A log of three million characters as JSON; the API takes no more. */
const MAX_BODY_BYTES = 3_500_000;
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

const Me = z.object({ dashboardUrl: z.string().nullish() });

/**
 * Streamable HTTP without sessions: each request gets a server of its own, which asks the API with the caller's token. The token is checked by the
 * API before anything of the request is read. A browser's page of another origin is refused, as the specification of the transport demands.
 */
export function makeHandler({ api, version, onFailure }: McpDeps) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const [, token] = /^Bearer +([\x21-\x7e]{1,8192})$/i.exec(event.headers.authorization ?? '') ?? [];
    if (token === undefined) return refused(401, 'Send an API key or a token of the user pool as a bearer token.');
    const signal = AbortSignal.timeout(20_000);
    let dashboardUrl: string | null;
    try {
      const me = Me.parse(await api(token, null).get('/api/auth/me', {}, signal));
      dashboardUrl = me.dashboardUrl ?? null;
    } catch (error) {
      if (error instanceof ApiRefusal) return refused(error.status ?? 503, error.message);
      throw error;
    }
    const { origin, host } = event.headers;
    if (origin !== undefined && !isAllowed(origin, host, dashboardUrl))
      return refused(403, `Pages of ${origin.slice(0, 200)} may not ask.`);
    const mcp = createMcpHandler(
      () => makeMcpServer({ api: api(token, dashboardUrl), logs: null }, { version, onFailure }),
      // Nothing is pushed: a function answers and is gone.
      { maxRequestBodySize: MAX_BODY_BYTES, keepAliveMs: 0, maxSubscriptions: 0 },
    );
    try {
      const response = await mcp.fetch(requestOf(event));
      return {
        statusCode: response.status,
        headers: { ...HEADERS, ...Object.fromEntries(response.headers) },
        body: await response.text(),
      };
    } finally {
      await mcp.close();
    }
  };
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a page of this origin may ask: the dashboard, and on one machine every page of that machine. A name that only resolves to it does not count. */
function isAllowed(origin: string, host: string | undefined, dashboardUrl: string | null): boolean {
  const page = URL.parse(origin);
  if (page === null) return false;
  if (page.origin === URL.parse(dashboardUrl ?? '')?.origin) return true;
  return LOOPBACK.has(page.hostname) && LOOPBACK.has(URL.parse(`http://${host}`)?.hostname ?? '');
}

function requestOf({ headers, body, isBase64Encoded, requestContext, rawPath }: APIGatewayProxyEventV2): Request {
  const { method } = requestContext.http;
  const given = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
  const content = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== undefined;
  return new Request(`https://${requestContext.domainName}${rawPath}`, {
    method,
    headers: given,
    ...(hasBody ? { body: content } : {}),
  });
}

function refused(statusCode: number, message: string): APIGatewayProxyStructuredResultV2 {
  const challenge = statusCode === 401 ? { 'www-authenticate': 'Bearer realm="selfheal"' } : {};
  const error = { jsonrpc: '2.0', id: null, error: { code: -32_001, message } };
  return {
    statusCode,
    headers: { ...HEADERS, ...challenge, 'content-type': 'application/json' },
    body: JSON.stringify(error),
  };
}
