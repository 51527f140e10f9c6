import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}
type Reply =
  | {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly json?: unknown;
      readonly bytes?: Uint8Array;
    }
  /** The connection is reset after the request was read. */
  | 'reset'
  /** Nothing is ever answered. */
  | 'silence';

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly Request[];
  /** Answers of `METHOD /path`, one after the other; the last one stays. A query in the key must match. */
  on(route: string, ...replies: Reply[]): void;
  close(): Promise<void>;
}

/** An HTTP server that answers only what was scripted; anything else is 501. */
export async function startServer(): Promise<ScriptedServer> {
  const requests: Request[] = [];
  const script = new Map<string, Reply[]>();
  const server = createServer(async (message, response) => {
    const request = await read(message);
    requests.push(request);
    const path = request.url.split('?')[0];
    const replies = script.get(`${request.method} ${request.url}`) ?? script.get(`${request.method} ${path}`) ?? [];
    send(message, response, (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 501 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    on: (route, ...replies) => void script.set(route, replies),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(message: IncomingMessage): Promise<Request> {
  let body = '';
  for await (const chunk of message) body += chunk;
  const { method = '', url = '', headers } = message;
  return { method, url, authorization: headers.authorization, body };
}

function send(message: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return;
  if (reply === 'reset') return void message.socket.resetAndDestroy();
  const { status = 200, headers = {}, json, bytes } = reply;
  response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(json === undefined ? bytes : JSON.stringify(json));
}
