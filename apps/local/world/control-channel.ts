import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '@selfheal/kernel/errors.ts';
import type { World } from './world.ts';

/** Services whose methods other processes may call with JSON arguments. */
const SERVICES = ['github', 'aws', 'models', 'samples', 'faults', 'journal'] as const;
type ServiceName = (typeof SERVICES)[number];

type Methods<R extends ServiceName> = {
  [M in keyof World[R] & string]: World[R][M] extends (...args: infer A) => infer T ? { args: A; result: T } : never;
};

/**
 * Serves the control API of the world to other processes on this machine: `POST /<service>/<method>` with a JSON array of arguments returns the
 * result as JSON. It has its own port, so that no client of the fakes reaches it by accident.
 */
export async function serveControl(world: World): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(async (incoming, outgoing) => {
    const answer = (status: number, body: unknown) => {
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(body ?? null));
    };
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const [, service = '', method = ''] = (incoming.url ?? '').split('/');
      const args = JSON.parse(Buffer.concat(chunks).toString('utf8') || '[]') as unknown[];
      const found = methodOf(world, service, method);
      if (found === null) answer(404, { message: `There is no method ${service}.${method}.` });
      else answer(200, await found(...args));
    } catch (error) {
      answer(400, { message: messageOf(error) });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function methodOf(world: World, service: string, method: string): ((...args: unknown[]) => unknown) | null {
  if (!SERVICES.includes(service as ServiceName)) return null;
  const methods = world[service as ServiceName] as unknown as Record<string, unknown>;
  const found = Object.hasOwn(methods, method) ? methods[method] : undefined;
  return typeof found === 'function' ? (...args) => found.apply(methods, args) : null;
}

/** Calls a method of a world in another process. Throws an error with the world's message. */
export async function callWorld<R extends ServiceName, M extends keyof Methods<R> & string>(
  controlUrl: string,
  service: R,
  method: M,
  ...args: Methods<R>[M] extends { args: infer A extends unknown[] } ? A : never
): Promise<Awaited<Methods<R>[M] extends { result: infer T } ? T : never>> {
  const response = await fetch(`${controlUrl}/${service}/${method}`, { method: 'POST', body: JSON.stringify(args) });
  const body = (await response.json()) as { message?: string };
  if (!response.ok) throw new Error(body.message ?? `The world answered with status ${response.status}.`);
  return body as Awaited<Methods<R>[M] extends { result: infer T } ? T : never>;
}
