import { Agent, request as httpRequest } from 'node:http';
import { AwsFault, type GatewayRequest, type GatewayResponse } from './request.ts';

const OWN_HEADERS = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'content-length',
  'te',
]);

export interface Forwarder {
  /** Forwards the unchanged request over HTTP/1.1. Throws `AwsFault` when the server does not answer. */
  forward(request: GatewayRequest): Promise<GatewayResponse>;
  stop(): void;
}

/** Forwards to the server of the AWS services that a deployment calls but does not contain. */
export function makeForwarder(baseUrl: string | null): Forwarder {
  const agent = new Agent({ keepAlive: true });
  const forward = (request: GatewayRequest): Promise<GatewayResponse> => {
    if (baseUrl === null) {
      throw new AwsFault(
        'NotImplemented',
        `${request.method} ${request.path} needs the local AWS world, which is not running.`,
        501,
      );
    }
    const { hostname, port } = new URL(baseUrl);
    const headers = {
      ...withoutOwn(request.headers),
      host: request.headers.host ?? `${hostname}:${port}`,
      'content-length': request.body.length,
    };
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { hostname, port, method: request.method, path: request.url, headers, agent, signal: request.signal },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.once('error', unavailable(reject));
          answer.once('end', () =>
            resolve({
              status: answer.statusCode ?? 502,
              headers: withoutOwn(answer.headers),
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      outgoing.once('error', unavailable(reject));
      outgoing.end(request.body);
    });
  };
  return { forward: async (request) => forward(request), stop: () => agent.destroy() };
}

const unavailable = (reject: (fault: AwsFault) => void) => (cause: Error) =>
  reject(new AwsFault('ServiceUnavailable', `The local AWS world does not answer: ${cause.message}`, 503));

function withoutOwn(
  headers: NodeJS.Dict<string | string[]> | Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      OWN_HEADERS.has(name) || value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
