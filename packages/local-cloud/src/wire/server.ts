import { once } from 'node:events';
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { isDiskFull } from '../disk-full.ts';
import { isBlockedPort } from './blocked-ports.ts';
import { BrokenConnection } from './faults.ts';
import type { GatewayRequest, GatewayResponse } from './request.ts';

export interface GatewayServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export type Handler = (request: GatewayRequest) => Promise<GatewayResponse>;

/** More than any local service accepts. Longer bodies are cut, so that the service refuses them by its own limit. */
const MAX_BODY_LENGTH = 66 * 1024 * 1024;
const MAX_UNSIGNED_BODY_LENGTH = 10 * 1024 * 1024 + 1;
const HEADERS_OF_HTTP1 = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Listens on 127.0.0.1 for HTTP/1.1 and for HTTP/2 without TLS (prior knowledge) on the same port.
 * `port` 0 takes a free one. Throws when the port is in use, or one that no browser opens.
 */
export async function startServer(port: number, handler: Handler): Promise<GatewayServer> {
  if (port !== 0 && isBlockedPort(port))
    throw new Error(
      `Port ${port} is blocked by browsers and by fetch (https://fetch.spec.whatwg.org/#port-blocking); choose another port.`,
    );
  // The HTTP/2 compatibility classes have all that is used here of the HTTP/1 classes.
  const listener = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) =>
    void answer(request as IncomingMessage, response as ServerResponse, handler);
  const http1 = createHttp1({ keepAliveTimeout: 65_000, requestTimeout: 0 }, listener);
  const http2 = createHttp2(listener);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) return socket.destroy();
      socket.unshift(first);
      const isHttp2 = first.subarray(0, 3).toString('latin1') === 'PRI';
      (isHttp2 ? http2 : http1).emit('connection', socket);
    });
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`Cannot listen on port ${port} of 127.0.0.1; choose another port.`, { cause });
  }
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  let closing: Promise<void> | null = null;
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      closing ??= close();
      return closing;
    },
  };
}

async function answer(incoming: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  const gone = new AbortController();
  // Of a response that was sent nobody waits for the signal any more, and aborting costs more than the rest of a small request.
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    const request = await readRequest(incoming, gone.signal);
    write(response, request, await handler(request));
  } catch (error) {
    if (gone.signal.aborted) return;
    if (error instanceof BrokenConnection) return breakOff(response);
    if (isDiskFull(error)) return refuse(response, 503, 'ServiceUnavailable', 'The disk of this machine is full.');
    const message = error instanceof Error ? error.message : String(error);
    refuse(response, 500, 'InternalFailure', `The local runtime failed: ${message}`);
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ __type: code, message }));
}

/** Closes the connection; over HTTP/2 only the stream, because other requests share the connection. */
function breakOff(response: ServerResponse | Http2ServerResponse): void {
  if ('stream' in response) response.stream.destroy();
  else response.socket?.destroy();
}

async function readRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<GatewayRequest> {
  const url = incoming.url ?? '/';
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      name.startsWith(':') || value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
  const authority = incoming.headers[':authority'];
  if (typeof authority === 'string') headers.host ??= authority;
  const limit = headers['x-amz-date'] === undefined ? MAX_UNSIGNED_BODY_LENGTH : MAX_BODY_LENGTH;
  return {
    method: incoming.method ?? 'GET',
    url,
    path,
    query: new URLSearchParams(query),
    headers,
    body: await readBody(incoming, limit),
    httpVersion: incoming.httpVersionMajor === 2 ? '2.0' : '1.1',
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    signal,
  };
}

function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      if (size < limit) chunks.push(chunk.subarray(0, limit - size));
      size += chunk.length;
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
    incoming.once('error', reject);
    incoming.once('aborted', () => reject(new Error('The client went away.')));
  });
}

function write(response: ServerResponse, request: GatewayRequest, { status, headers, body }: GatewayResponse): void {
  if (response.destroyed || response.writableEnded) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (request.httpVersion === '2.0' && HEADERS_OF_HTTP1.has(name)) continue;
    response.setHeader(name, value as string | string[]);
  }
  if (!('content-length' in headers) && status !== 204 && status !== 304) {
    response.setHeader('content-length', Buffer.byteLength(body));
  }
  response.end(request.method === 'HEAD' ? '' : body);
}
