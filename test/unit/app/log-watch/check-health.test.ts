import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeHealthProbe } from '#shared/adapters/http/health-probe.ts';
import { checkHealth } from '#shared/app/log-watch/check-health.ts';
import { HealthCheck, HealthChecks, type ProbeAnswer } from '#shared/domain/health/health-check.ts';
import { makeMemoryLogWatch } from '#test/fakes/memory-log-watch.ts';
import { anApi } from '../../functions/api-rig.ts';

const START = Date.UTC(2026, 10, 20, 10);
const HTTP = HealthCheck.parse({ kind: 'http', service: 'checkout', url: 'https://shop.example.com/health' });
const TCP = HealthCheck.parse({ kind: 'tcp', service: 'orders-db', host: 'db.example.com', port: 5432, failures: 2 });

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
const portOf = async (server: Server | ReturnType<typeof createTcpServer>): Promise<number> => {
  servers.push(server);
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
};

/** A deployment with these checks, whose addresses answer as told, round by round. */
async function aRound(checks: readonly HealthCheck[]) {
  const { deps, changeable, sent } = await anApi();
  const store = makeMemoryLogWatch();
  let minute = 0;
  const play = async (...answers: readonly Partial<ProbeAnswer>[]) => {
    for (const answer of answers) {
      const now = new Date(START + minute * 60_000);
      minute += 1;
      await checkHealth({
        ...deps,
        configuration: { ...deps.configuration, healthChecks: [...checks] },
        queue: changeable.queue,
        store,
        clock: { now: () => now, sleep: async () => {} },
        meter: { count: () => {} } as never,
        probe: async () => ({ status: null, milliseconds: 12, problem: null, ...answer }),
      });
    }
  };
  const titles = () => sent.map(({ tainted }) => tainted.title);
  return { play, store, titles, sent };
}

const OK = { status: 200 };
const BAD = { status: 503 };
const NONE = { problem: 'no answer (connect ECONNREFUSED)' };

describe('health checks', () => {
  it('[D34] report an address after three failures in a row, once, and again only after it was well', async () => {
    const { play, titles } = await aRound([HTTP]);
    await play(OK, BAD, NONE, OK, BAD, BAD);
    expect(titles()).toEqual([]);
    await play(NONE, BAD, BAD);
    expect(titles()).toEqual(['checkout: GET https://shop.example.com/health fails its health check']);
    await play(OK, BAD, BAD, BAD);
    expect(titles()).toHaveLength(2);
  });

  it('write every answer into the log of the service, with level and status', async () => {
    const { play, store } = await aRound([HTTP]);
    await play(OK, BAD);
    const lines = (await store.latestDigests('checkout', 10)).map(({ digest }) => ({
      text: digest.tail[0]?.text,
      levels: digest.levels.error,
      failures: digest.failures,
    }));
    expect(lines).toEqual([
      { text: 'health check GET https://shop.example.com/health: answered 200 after 12 ms', levels: 0, failures: 0 },
      { text: 'health check GET https://shop.example.com/health: answered 503 after 12 ms', levels: 1, failures: 1 },
    ]);
  });

  it('say since when, and what the last answer was', async () => {
    const { play, sent } = await aRound([TCP]);
    await play({}, NONE, NONE);
    const target = sent[0]?.target;
    expect(target).toMatchObject({ kind: 'report', service: 'orders-db', severity: 'high' });
    expect(sent[0]?.tainted.reason).toBe(
      '2 checks in a row failed, the first at 2026-11-20T10:01:00.000Z. The last: health check TCP db.example.com:5432: no answer (connect ECONNREFUSED) after 12 ms',
    );
  });

  it('do not stop each other', async () => {
    const { play, titles, store } = await aRound([HTTP, TCP]);
    const { keepCheckState } = store;
    store.keepCheckState = async (target, state) => {
      if (target.startsWith('GET')) throw new Error('The table is away.');
      await keepCheckState(target, state);
    };
    await play(NONE, NONE);
    expect(titles()).toEqual(['orders-db: TCP db.example.com:5432 fails its health check']);
  });

  it.each([
    ['http://shop.example.com/health', false, /http is only for a host/],
    ['https://127.0.0.1/health', true, /loopback/],
    ['https://169.254.169.254/latest/meta-data', true, /metadata/],
    ['https://10.0.0.7/health', false, /private/],
    ['ftp://shop.example.com', false, /not https/],
    ['https://user:word@shop.example.com/', false, /a user or a password/],
  ])('refuse the address %s', (url, inside, words) => {
    const parsed = HealthCheck.safeParse({ kind: 'http', service: 'shop', url, private: inside });
    expect(parsed.error?.issues[0]?.message).toMatch(words);
  });

  it('refuse a private or forbidden host of TCP, and the same address twice', () => {
    const tcp = { kind: 'tcp', service: 'db', host: '10.0.0.7', port: 5432 };
    expect(HealthCheck.safeParse(tcp).success).toBe(false);
    expect(HealthCheck.safeParse({ ...tcp, private: true }).success).toBe(true);
    expect(HealthCheck.safeParse({ ...tcp, host: '127.0.0.1', private: true }).success).toBe(false);
    const twice = HealthChecks.safeParse([
      { ...tcp, private: true },
      { ...tcp, private: true, service: 'other' },
    ]);
    expect(twice.error?.issues[0]?.message).toBe('an address is checked twice');
  });
});

describe('asking an address', () => {
  const probe = makeHealthProbe({ mayConnect: () => true });

  it('gives the status of HTTP, without following a redirect', async () => {
    const port = await portOf(
      createServer((request, response) => {
        response.writeHead(request.url === '/moved' ? 302 : 503, { location: '/' }).end();
      }),
    );
    const at = (path: string) => ({ ...HTTP, url: `http://127.0.0.1:${port}${path}` }) as HealthCheck;
    expect(await probe(at('/health'))).toMatchObject({ status: 503, problem: null });
    expect(await probe(at('/moved'))).toMatchObject({ status: 302, problem: null });
  });

  it('connects over TCP, and says why it could not', async () => {
    const port = await portOf(createTcpServer());
    const check = { ...TCP, host: '127.0.0.1', port } as HealthCheck;
    expect(await probe(check)).toMatchObject({ status: null, problem: null });
    for (const server of servers.splice(0)) server.close();
    expect((await probe(check)).problem).toMatch(/^no answer \(connect ECONNREFUSED/);
  });

  it('never connects to the machine itself or its metadata, even where a name leads there', async () => {
    const check = { ...TCP, host: 'localhost', port: 9 } as HealthCheck;
    expect((await makeHealthProbe()(check)).problem).toContain('leads to an address that is never called');
    const http = { ...HTTP, url: 'https://localhost/health' } as HealthCheck;
    expect((await makeHealthProbe()(http)).problem).toContain('never called');
  });

  it('gives up in time', async () => {
    const port = await portOf(createServer(() => undefined));
    const check = { ...HTTP, url: `http://127.0.0.1:${port}/`, withinSeconds: 1 } as HealthCheck;
    expect((await probe(check)).problem).toMatch(/^no answer/);
  });
});
