import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, Faults } from './faults.ts';
import { refusalOfHost } from './same-machine.ts';
import type { Call, Exchange, Service, WireRequest, WireResponse } from './wire.ts';

export interface HttpServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves on 127.0.0.1 with planned faults; the first service that recognises a request answers it. */
export async function serveHttp(options: {
  port: number;
  /** Called when the port is known. */
  services: (url: string) => Service[];
  faults: Faults;
  onExchange: (exchange: Exchange) => void;
}): Promise<HttpServer> {
  let services: Service[] = [];
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, services, options).catch((error: unknown) => {
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' });
      outgoing.end(`The fake server failed: ${String(error)}`);
    });
  });
  await listen(server, options.port);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  services = options.services(url);
  return { url, stop: () => close(server) };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  services: readonly Service[],
  options: { faults: Faults; onExchange: (exchange: Exchange) => void },
): Promise<void> {
  const foreign = refusalOfHost(incoming.headers);
  if (foreign !== null) {
    outgoing.writeHead(403, { 'content-type': 'text/plain' });
    outgoing.end(foreign);
    return;
  }
  const request = await read(incoming);
  const call = firstMatch(services, request);
  if (call === null) {
    outgoing.writeHead(404, { 'content-type': 'text/plain' });
    outgoing.end(`No fake service answers ${request.method} ${request.path}.`);
    return;
  }
  const fault = options.faults.take(call.operation);
  const response = await performWith(fault, call);
  if (response !== null) {
    const { service, operation } = call;
    options.onExchange({ service, operation, request, response, faulty: fault !== null && fault.kind !== 'slow' });
  }
  if (response === null || fault?.kind === 'reset') {
    incoming.socket.destroy();
    return;
  }
  const length = String(Buffer.byteLength(response.body));
  outgoing.writeHead(response.status, { ...response.headers, 'content-length': length });
  outgoing.end(response.body);
}

/** Null when the connection broke before the call took effect. */
async function performWith(fault: Fault | null, call: Call): Promise<WireResponse | null> {
  switch (fault?.kind) {
    case 'status':
      if (fault.when === 'after') await call.perform();
      return call.fail(fault.status, fault);
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return call.perform();
    case 'reset':
      return fault.when === 'before' ? null : call.perform();
    case undefined:
      return call.perform();
    default:
      return fault satisfies never;
  }
}

function firstMatch(services: readonly Service[], request: WireRequest): Call | null {
  for (const service of services) {
    const call = service.recognise(request);
    if (call !== null) return call;
  }
  return null;
}

async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://world.invalid');
  const { method = 'GET', headers } = incoming;
  return { method, path: url.pathname, query: url.searchParams, headers, body: Buffer.concat(chunks) };
}
