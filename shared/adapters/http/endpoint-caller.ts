import { promises as dns, type LookupAddress } from 'node:dns';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AllowedEndpoint, resolveEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { addressKindOf } from '#shared/domain/playbook/network-address.ts';
import { OutcomeUnknown, Refused, Retryable } from '#shared/kernel/errors.ts';
import type { EndpointCaller, EndpointRequest, EndpointResponse } from '#shared/ports/playbook-effects.ts';

/** A status answer is short; endless answers are cut off. */
const MAX_BYTES = 256_000;

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

/**
 * `node:http` behind the port. A name is resolved once per connection, every address is checked, and the connection
 * goes only to these addresses, so that a name that resolves differently the next time (DNS rebinding) gains nothing.
 */
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
  const response = await exchange(url, endpoint, { request, authorization, lost, options });
  if (response.status < 300 || response.status >= 400) return response;
  throw new Refused(
    `${request.endpoint}: the server answered with a redirect (${response.status}); redirects are not followed.`,
  );
}

interface Sending {
  readonly request: EndpointRequest;
  readonly authorization: string | null;
  readonly lost: Lost;
  readonly options: EndpointCallerOptions;
}

/** One request on a connection of its own. What fails before the connection is established was never sent. */
function exchange(url: URL, endpoint: AllowedEndpoint, sending: Sending): Promise<EndpointResponse> {
  const { request, lost, options } = sending;
  const mayConnect = ruleOf(options);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0 && !mayConnect(host, endpoint)) {
    throw new Refused(
      `${request.endpoint}: ${host} is a loopback, link-local or metadata address and is never called.`,
    );
  }
  const signal = AbortSignal.timeout(request.timeoutSeconds * 1000);
  return new Promise((resolve, reject) => {
    let connected = false;
    const fail = (cause: Error): void => {
      const what = `${request.endpoint}: ${cause.message}`;
      const failure = connected ? new lost(what, { cause }) : new Retryable(what, { cause });
      reject(cause instanceof Refused ? cause : failure);
    };
    const outgoing = open(url, sending, { signal, lookup: checkedLookup(endpoint, mayConnect, options.resolve) });
    outgoing.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      readBody(incoming).then((body) => resolve({ status: incoming.statusCode ?? 0, body }), fail);
    });
  });
}

function open(
  url: URL,
  { request, authorization }: Sending,
  connection: { readonly signal: AbortSignal; readonly lookup: LookupFunction },
): ClientRequest {
  const body = request.payload === undefined ? null : Buffer.from(JSON.stringify(request.payload));
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(url, {
    ...connection,
    method: request.method,
    agent: false,
    headers: {
      accept: 'application/json',
      ...(request.key === '' ? {} : { 'idempotency-key': request.key }),
      ...(authorization === null ? {} : { authorization }),
      ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': body.byteLength }),
    },
  });
  outgoing.end(body ?? undefined);
  return outgoing;
}

function ruleOf({ mayConnect, origin }: EndpointCallerOptions): NonNullable<EndpointCallerOptions['mayConnect']> {
  if (mayConnect !== undefined) return mayConnect;
  if (origin !== undefined) return () => true;
  return (address, endpoint) => {
    const kind = addressKindOf(address);
    return kind === 'public' || (kind === 'private' && endpoint.private);
  };
}

/**
 * Resolves, checks every address, and passes exactly these to the connection. One forbidden address among others
 * refuses all.
 */
function checkedLookup(
  endpoint: AllowedEndpoint,
  mayConnect: (address: string, endpoint: AllowedEndpoint) => boolean,
  resolve: NonNullable<EndpointCallerOptions['resolve']> = (hostname) => dns.lookup(hostname, { all: true }),
): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname).then(
      (found) => {
        const bad = found.find(({ address }) => !mayConnect(address, endpoint));
        const [first] = found;
        if (bad !== undefined || first === undefined) {
          const led = bad === undefined ? 'nowhere' : `to ${bad.address}, which is never called`;
          done(new Refused(`${hostname} leads ${led}.`), '', 0);
        } else if (options.all === true) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, '', 0),
    );
  };
}

async function readBody(incoming: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
