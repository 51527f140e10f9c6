import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the owners of jobs and services serve, as small as playbooks need it. */
export interface JobService {
  readonly url: string;
  /** Method and path of what changed something. */
  readonly effects: readonly string[];
  put(path: string, value: unknown): void;
  stop(): Promise<void>;
}

/** Keeps what is put under a path and shows it; a run that is put begins to run. Health is always well, and a chat lists its messages, the newest first. */
export async function aJobService(): Promise<JobService> {
  const kept = new Map<string, unknown>();
  const messages: unknown[] = [];
  const effects: string[] = [];
  const server = createServer((request, response) => {
    const { url = '', method = '' } = request;
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (url.startsWith('/health/')) return answer(200, { status: 'up' });
      if (url.startsWith('/team-chat/conversations.history')) return answer(200, { ok: true, messages });
      if (method === 'GET') return kept.has(url) ? answer(200, kept.get(url)) : answer(404, {});
      effects.push(`${method} ${url}`);
      const text = Buffer.concat(pieces).toString();
      if (url === '/team-chat/chat.postMessage') {
        messages.unshift(JSON.parse(text));
        return answer(200, { ok: true });
      }
      kept.set(url, text === '' ? { state: 'running' } : JSON.parse(text));
      return answer(200, {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    put: (path, value) => void kept.set(path, value),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
