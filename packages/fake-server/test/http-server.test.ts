import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFaults } from '../src/faults.ts';
import { type HttpServer, serveHttp } from '../src/http-server.ts';
import type { Service } from '../src/wire.ts';

const faults = makeFaults();
let done: string[];
let server: HttpServer;

/** Counts what it was asked to do. */
const counter: Service = {
  recognise: ({ method, path }) =>
    path.startsWith('/count')
      ? {
          service: 'counter',
          operation: 'counter/add',
          perform() {
            done.push(method);
            return { status: 201, headers: {}, body: String(done.length) };
          },
          fail: (status, { message = '' }) => ({ status, headers: { 'x-fault': 'yes' }, body: message }),
        }
      : null,
};

beforeEach(async () => {
  done = [];
  faults.clear();
  server = await serveHttp({ port: 0, faults, services: () => [counter], onExchange() {} });
});
afterEach(() => server.stop());

const add = () => fetch(`${server.url}/count`, { method: 'POST' });

describe('a fake server', () => {
  it('answers by the service that recognises the request, and 404 for what nobody knows', async () => {
    expect([(await add()).status, done]).toEqual([201, ['POST']]);
    expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404);
  });

  it('refuses a name that is not this machine', async () => {
    const answer = await fetch(`${server.url}/count`, { headers: { origin: 'https://elsewhere.example' } });
    expect([answer.status, done]).toEqual([403, []]);
  });

  it.each([
    ['an error before the effect', { kind: 'status', status: 503, message: 'down' }, 503, 0],
    ['an error that hides the effect', { kind: 'status', status: 502, when: 'after' }, 502, 1],
    ['a connection lost before the effect', { kind: 'reset', when: 'before' }, null, 0],
    ['a connection lost after the effect', { kind: 'reset', when: 'after' }, null, 1],
  ] as const)('plays %s once', async (_name, fault, status, effects) => {
    faults.inject('counter/*', fault);
    const first = await add().then(
      (answer) => answer.status,
      () => null,
    );
    expect([first, done.length]).toEqual([status, effects]);
    expect((await add()).status).toBe(201);
  });

  it('lets calls pass before a fault strikes', async () => {
    faults.inject('counter/add', { kind: 'status', status: 500 }, { skip: 1, times: 2 });
    const answers = [(await add()).status, (await add()).status, (await add()).status, (await add()).status];
    expect(answers).toEqual([201, 500, 500, 201]);
    expect(faults.pending()).toEqual([]);
  });
});
