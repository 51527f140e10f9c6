import { promises as dns, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';

/** An answer is short unless its reader says otherwise; endless answers are cut off. */
const MAX_BYTES = 256_000;

export interface SafeRequest {
  /** Named in errors. */
  readonly what: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutSeconds: number;
  /** What is thrown when the answer is lost after the connection was made. */
  readonly lost: typeof Retryable | typeof OutcomeUnknown;
  /** Whether a resolved address may be connected to. */
  readonly mayConnect: (address: string) => boolean;
  readonly resolve?: ((hostname: string) => Promise<readonly LookupAddress[]>) | undefined;
  /** The longest answer that is read; 256,000 by default. */
  readonly maxBytes?: number | undefined;
  /** Whether a longer answer is cut off there; it fails by default. */
  readonly cutsLonger?: boolean | undefined;
}

export interface SafeAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Whether the answer was longer than is read. */
  readonly isCut: boolean;
}

/**
 * One request on a connection of its own. A name is resolved once, every address is checked, and the connection goes only to these addresses, so
 * that a name that resolves differently the next time (DNS rebinding) gains nothing. What fails before the connection is established was never
 * sent: `Retryable`; afterwards `lost`; `Refused` for a forbidden address.
 */
export async function safeExchange(request: SafeRequest): Promise<SafeAnswer> {
  const { what, url, lost, mayConnect, maxBytes = MAX_BYTES, cutsLonger = false } = request;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0 && !mayConnect(host))
    throw new Refused(`${what}: ${host} is a loopback, link-local or metadata address and is never called.`);
  return await new Promise((resolve, reject) => {
    let connected = false;
    const fail = (cause: Error): void => {
      const words = `${what}: ${cause.message}`;
      const failure = connected ? new lost(words, { cause }) : new Retryable(words, { cause });
      reject(cause instanceof Refused ? cause : failure);
    };
    const outgoing = open(request);
    outgoing.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      readText(incoming, { maxBytes, cutsLonger }).then(
        (answer) => resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), ...answer }),
        fail,
      );
    });
  });
}

function open({ url, method, headers, body, timeoutSeconds, mayConnect, resolve }: SafeRequest) {
  const content = body === null ? undefined : Buffer.from(body);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(url, {
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
    lookup: checkedLookup(mayConnect, resolve),
    method,
    agent: false,
    headers: { ...headers, ...(content === undefined ? {} : { 'content-length': content.byteLength }) },
  });
  outgoing.end(content);
  return outgoing;
}

/** Resolves, checks every address, and passes exactly these to the connection. One forbidden address among others refuses all. */
function checkedLookup(
  mayConnect: (address: string) => boolean,
  resolve: (hostname: string) => Promise<readonly LookupAddress[]> = (hostname) => dns.lookup(hostname, { all: true }),
): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname).then(
      (found) => {
        const bad = found.find(({ address }) => !mayConnect(address));
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

async function readText(
  incoming: IncomingMessage,
  { maxBytes, cutsLonger }: { readonly maxBytes: number; readonly cutsLonger: boolean },
): Promise<Pick<SafeAnswer, 'text' | 'isCut'>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop ends the connection.
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    if (bytes > maxBytes && !cutsLonger) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    pieces.push(piece);
    if (bytes > maxBytes) break;
  }
  return { text: Buffer.concat(pieces).subarray(0, maxBytes).toString('utf8'), isCut: bytes > maxBytes };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}
