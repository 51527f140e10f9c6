import type { LookupAddress } from 'node:dns';
import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { type AllowedEndpoint, resolveEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { addressKindOf } from '#shared/domain/playbook/network-address.ts';
import type { EndpointCaller, EndpointRequest, EndpointResponse } from '#shared/ports/playbook-effects.ts';
import { safeExchange } from './safe-exchange.ts';

export interface EndpointCallerOptions {
  readonly endpoints: readonly AllowedEndpoint[];
  /** The header `authorization` of an endpoint, from its secret; null: none is sent. */
  readonly authorization?: (endpoint: AllowedEndpoint) => Promise<string | null>;
  /**
   * Replaces every address's origin (`http://127.0.0.1:4000`), for the local runtime; only there loopback is called.
   */
  readonly origin?: string | undefined;
  /** Whether a resolved address may be connected to. */
  readonly mayConnect?: (address: string, endpoint: AllowedEndpoint) => boolean;
  readonly resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/** Calls allowed endpoints over `safeExchange`. */
export function makeEndpointCaller(options: EndpointCallerOptions): EndpointCaller {
  return {
    read: async (endpoint, timeoutSeconds) => {
      const response = await call({ endpoint, method: 'GET', timeoutSeconds, key: '' }, options, Retryable);
      if (response.status < 500 && response.status !== 429) return response;
      throw new Retryable(`${endpoint}: the server answered with status ${response.status}.`);
    },
    send: async (request) => {
      const response = await call(request, options, OutcomeUnknown);
      const what = `${request.method} ${request.endpoint}: the answer was status ${response.status}.`;
      if (response.status === 429) throw new Retryable(what);
      if (response.status >= 500) throw new OutcomeUnknown(what);
      return response;
    },
  };
}

type Lost = typeof Retryable | typeof OutcomeUnknown;

async function call(request: EndpointRequest, options: EndpointCallerOptions, lost: Lost): Promise<EndpointResponse> {
  const allowed = resolveEndpoint(request.endpoint, options.endpoints);
  if (allowed.kind === 'refused') throw new Refused(`${request.endpoint}: ${allowed.reason}.`);
  const { endpoint } = allowed;
  const url =
    options.origin === undefined ? allowed.url : new URL(allowed.url.pathname + allowed.url.search, options.origin);
  const authorization = (await options.authorization?.(endpoint)) ?? null;
  const body = request.payload === undefined ? null : JSON.stringify(request.payload);
  const mayConnect = ruleOf(options);
  const { status, text } = await safeExchange({
    what: request.endpoint,
    url,
    method: request.method,
    headers: {
      accept: 'application/json',
      ...(request.key === '' ? {} : { 'idempotency-key': request.key }),
      ...(authorization === null ? {} : { authorization }),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
    timeoutSeconds: request.timeoutSeconds,
    lost,
    mayConnect: (address) => mayConnect(address, endpoint),
    resolve: options.resolve,
  });
  if (status < 300 || status >= 400) return { status, body: jsonOf(text) };
  throw new Refused(
    `${request.endpoint}: the server answered with a redirect (${status}); redirects are not followed.`,
  );
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
