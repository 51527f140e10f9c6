import type { LookupAddress } from 'node:dns';
import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { type AllowedEndpoint, resolveEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { addressKindOf } from '#shared/domain/playbook/network-address.ts';
import type {
  EndpointCaller,
  EndpointRequest,
  EndpointResponse,
  EndpointText,
} from '#shared/ports/playbook-effects.ts';
import { safeExchange } from './safe-exchange.ts';

/** Content of an endpoint's secret: a whole header, or somebody's name and password. */
export type EndpointCredentials =
  | { readonly authorization: string }
  | { readonly username: string; readonly password: string };

export interface EndpointCallerOptions {
  readonly endpoints: readonly AllowedEndpoint[];
  /** How to sign in at an endpoint; null: nothing is sent. */
  readonly credentials?: (endpoint: AllowedEndpoint) => Promise<EndpointCredentials | null>;
  /** Whether a header is kept until it is refused, for whoever calls every minute: reading a secret costs as much as 20 reads of a table. Tokens always are. */
  readonly keepsCredentials?: boolean;
  /**
   * Replaces every address's origin (`http://127.0.0.1:4000`), for the local runtime; only there loopback is called.
   */
  readonly origin?: string | undefined;
  /** Whether a resolved address may be connected to. */
  readonly mayConnect?: (address: string, endpoint: AllowedEndpoint) => boolean;
  readonly resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/** Headers by the names of their endpoints, kept until they are refused. */
type Tokens = Map<string, string>;

/** Calls allowed endpoints over `safeExchange`. */
export function makeEndpointCaller(options: EndpointCallerOptions): EndpointCaller {
  const tokens: Tokens = new Map();
  return {
    read: async (endpoint, timeoutSeconds, { maxBytes } = {}) => {
      const request = { endpoint, method: 'GET', timeoutSeconds, key: '', maxBytes } as const;
      return responseOf(await readable(request, { ...options, tokens }));
    },
    readText: async (endpoint, timeoutSeconds, { maxBytes }) => {
      const request = { endpoint, method: 'GET', timeoutSeconds, key: '', maxBytes, cutsLonger: true } as const;
      return await readable(request, { ...options, tokens });
    },
    send: async (request) => {
      const response = responseOf(await call(request, { ...options, tokens }, OutcomeUnknown));
      const what = `${request.method} ${request.endpoint}: the answer was status ${response.status}.`;
      if (response.status === 429) throw new Retryable(what);
      if (response.status >= 500) throw new OutcomeUnknown(what);
      return response;
    },
  };
}

type Lost = typeof Retryable | typeof OutcomeUnknown;
type Calling = EndpointCallerOptions & { readonly tokens: Tokens };
type Call = EndpointRequest & { readonly maxBytes?: number | undefined; readonly cutsLonger?: boolean };

const responseOf = ({ status, text }: EndpointText): EndpointResponse => ({ status, body: jsonOf(text) });

async function readable(request: Call, options: Calling): Promise<EndpointText> {
  const answer = await call(request, options, Retryable);
  if (answer.status < 500 && answer.status !== 429) return answer;
  throw new Retryable(`${request.endpoint}: the server answered with status ${answer.status}.`);
}

async function call(request: Call, options: Calling, lost: Lost): Promise<EndpointText> {
  const allowed = resolveEndpoint(request.endpoint, options.endpoints);
  if (allowed.kind === 'refused') throw new Refused(`${request.endpoint}: ${allowed.reason}.`);
  const { endpoint, url } = allowed;
  const hadToken = options.tokens.has(endpoint.name);
  const first = await exchange(request, { endpoint, url, lost }, options);
  // It has run out or the secret was rotated. A refused request has changed nothing, so that it may be sent again.
  if (first.status !== 401 || !hadToken) return first;
  options.tokens.delete(endpoint.name);
  return await exchange(request, { endpoint, url, lost }, options);
}

interface Place {
  readonly endpoint: AllowedEndpoint;
  readonly url: URL;
  readonly lost: Lost;
}

async function exchange(request: Call, { endpoint, url, lost }: Place, options: Calling): Promise<EndpointText> {
  const authorization = await authorizationFor(endpoint, request.timeoutSeconds, options);
  const body = request.payload === undefined ? null : JSON.stringify(request.payload);
  const answer = await safeExchange({
    ...connectionOf(endpoint, options),
    what: request.endpoint,
    url: atOrigin(url, options),
    method: request.method,
    headers: {
      accept: request.cutsLonger === true ? 'text/plain' : 'application/json',
      ...(request.key === '' ? {} : { 'idempotency-key': request.key }),
      ...(authorization === null ? {} : { authorization }),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
    timeoutSeconds: request.timeoutSeconds,
    lost,
    maxBytes: request.maxBytes,
    cutsLonger: request.cutsLonger,
  });
  if (answer.status < 300 || answer.status >= 400) return answer;
  throw new Refused(
    `${request.endpoint}: the server answered with a redirect (${answer.status}); redirects are not followed.`,
  );
}

/** The header `authorization`, or null. */
async function authorizationFor(endpoint: AllowedEndpoint, timeoutSeconds: number, options: Calling) {
  const known = options.tokens.get(endpoint.name);
  if (known !== undefined) return known;
  const credentials = (await options.credentials?.(endpoint)) ?? null;
  if (credentials === null) return null;
  const header =
    'authorization' in credentials
      ? credentials.authorization
      : endpoint.tokenUrl === undefined
        ? basicAuthorization(credentials)
        : `Bearer ${await signIn(endpoint, endpoint.tokenUrl, { credentials, timeoutSeconds, options })}`;
  const isToken = !('authorization' in credentials) && endpoint.tokenUrl !== undefined;
  if (isToken || options.keepsCredentials === true) options.tokens.set(endpoint.name, header);
  return header;
}

/** RFC 7617. */
const basicAuthorization = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const Token = z.object({ access_token: z.string().min(1).max(8000) });

interface SignIn {
  readonly credentials: { readonly username: string; readonly password: string };
  readonly timeoutSeconds: number;
  readonly options: Calling;
}

/** As Airflow 3 does it: https://airflow.apache.org/docs/apache-airflow/stable/security/api.html */
async function signIn(endpoint: AllowedEndpoint, tokenUrl: string, { credentials, timeoutSeconds, options }: SignIn) {
  const { username, password } = credentials;
  const what = `Signing in at the endpoint ${endpoint.name}`;
  const { status, text } = await safeExchange({
    ...connectionOf(endpoint, options),
    what,
    url: atOrigin(new URL(tokenUrl), options),
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
    timeoutSeconds,
    lost: Retryable,
  });
  if (status === 429 || status >= 500) throw new Retryable(`${what}: the answer was status ${status}.`);
  const token = Token.safeParse(status < 300 ? jsonOf(text) : null);
  if (token.success) return token.data.access_token;
  throw new Refused(
    status < 300
      ? `${what}: the answer holds no access_token. Check the tokenUrl of http.allowedEndpoints.`
      : `${what}: it was refused with status ${status}. Put a valid "username" and "password" into the secret of the endpoint.`,
  );
}

const atOrigin = (url: URL, { origin }: EndpointCallerOptions): URL =>
  origin === undefined ? url : new URL(url.pathname + url.search, origin);

function connectionOf(endpoint: AllowedEndpoint, options: EndpointCallerOptions) {
  const mayConnect = ruleOf(options);
  return { mayConnect: (address: string) => mayConnect(address, endpoint), resolve: options.resolve };
}

function ruleOf({ mayConnect, origin }: EndpointCallerOptions): NonNullable<EndpointCallerOptions['mayConnect']> {
  if (mayConnect !== undefined) return mayConnect;
  if (origin !== undefined) return () => true;
  return (address, endpoint) => {
    const kind = addressKindOf(address);
    return kind === 'public' || (kind === 'private' && endpoint.private);
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
