import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: unknown;
}
let server: Server | undefined;
afterEach(() => void server?.close());

const PAST = {
  action: 'scale-ecs-service',
  incident: 'rq-000000000000000000000001',
  subject: 'orders-memory',
  requestedBy: 'ada@example.com',
  at: '2026-11-21T12:00:00.000Z',
  state: 'done',
  verified: 'recovered',
  summary: 'Changed the number of tasks from 3 to 4.\u001b[2J',
};
const STATS = {
  action: 'scale-ecs-service',
  tries: 4,
  helped: { value: 0.75, hits: 3, cases: 4, interval: [0.3, 0.95] },
  verified: 4,
  judgedByPeople: 0,
  undone: 1,
  meanSecondsToRecover: 95.4,
  lastAt: '2026-11-21T12:00:00.000Z',
};
const REHEARSAL = {
  action: 'scale-ecs-service',
  decision: 'act',
  reasons: ['Risk low.'],
  effect: 'Runs 4 tasks of the ECS service shop/orders instead of 3.',
  undo: 'If it does not help, Selfheal sets it back to 3.',
};
const ACTION = {
  id: 'scale-ecs-service',
  title: 'Run more tasks of an ECS service',
  family: 'ecs',
  risk: 'low',
  reversible: true,
  example: '',
  undo: '',
  needs: 'an entry',
  alwaysAsks: false,
  switchedOff: false,
  allowed: true,
  services: [{ service: 'orders', mode: 'act', alarms: ['orders-memory'], maximum: 8, onRequest: false }],
  repositories: [],
  otherRepositories: null,
};
const SERVICE = {
  id: 'orders',
  criticality: 'high',
  mode: 'act',
  alarms: ['orders-memory'],
  deployment: 'ecs-service',
  actions: ['scale-ecs-service'],
  scaling: [{ action: 'scale-ecs-service', maximum: 8, onRequest: false }],
};
const HEALTH = {
  id: 'orders',
  state: 'failing',
  mode: 'act',
  alarms: [{ name: 'orders-memory', state: 'ALARM', since: '2026-11-21T11:58:00.000Z' }],
  openIncidents: [{ id: 'cw-1', openedAt: '2026-11-21T11:59:00.000Z' }],
  lastActions: [PAST],
  lastHealed: null,
};
const OPENED = { id: PAST.incident, status: 'open', reason: null };

/** An API that knows one action and one service, and ends the incident of a request at the second look. */
async function aDeployment(ending: object = { status: 'resolved', reason: 'The alarm is OK.' }) {
  const seen: Seen[] = [];
  const opened = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const { method, url = '' } = request;
    seen.push({ method, url, body: text === '' ? null : JSON.parse(text) });
    const [path = ''] = url.split('?');
    const answers: Readonly<Record<string, unknown>> = {
      '/api/actions': {
        actions: [ACTION, { ...ACTION, id: 'reboot-rds-instance', allowed: false, services: [], reversible: false }],
      },
      '/api/actions/recent': url.includes('cursor') ? { actions: [], next: null } : { actions: [PAST], next: 'more' },
      '/api/actions/stats': { days: 90, actions: [STATS] },
      '/api/actions/scale-ecs-service/try': REHEARSAL,
      '/api/actions/execute': OPENED,
      '/api/applications': { applications: [SERVICE] },
      '/api/applications/orders/health': HEALTH,
      '/api/applications/orders/scale': OPENED,
      '/api/incidents/gh-12345678': {
        id: 'gh-12345678',
        number: 4,
        status: 'escalated',
        title: 'CI',
        subject: { kind: 'storm' },
      },
      [`/api/incidents/${OPENED.id}`]: { ...OPENED, ...ending },
    };
    const answer = answers[path];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? { detail: `No ${path}.` }));
  });
  server = opened;
  await new Promise<void>((done) => opened.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(opened.address() as AddressInfo).port}`;
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand([...args, '--url', url, '--token', 'the-token']);
    return { code, stdout: stdout.toString(), stderr };
  };
  return { seen, run };
}

describe('selfheal action', () => {
  it('list tells where each action is allowed', async () => {
    const { run } = await aDeployment();
    const { code, stdout } = await run('action', 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^scale-ecs-service +low +Run more tasks.*: allowed; on orders \(up to 8\)\nreboot-rds-instance.*not allowed; needs an entry; cannot be undone\n$/,
    );
    const allowed = await run('action', 'list', '--allowed', '--json');
    expect(
      allowed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual(['scale-ecs-service']);
  });

  it('[D132] actions lists what was executed lately', async () => {
    const { run, seen } = await aDeployment();
    const { code, stdout } = await run('actions', '--service-name', 'orders');
    expect(code).toBe(0);
    expect(stdout).toContain('2026-11-21 12:00 UTC  scale-ecs-service');
    expect(stdout).toContain('done, recovered');
    expect(stdout).toContain('orders-memory (asked by ada@example.com): Changed the number of tasks');
    expect(stdout).not.toContain('\u001b');
    expect(seen.map(({ url }) => url)).toEqual([
      '/api/actions/recent?service=orders',
      '/api/actions/recent?service=orders&cursor=more',
    ]);
    const one = await run(
      'action',
      'recent',
      '--json',
      '--last',
      '1',
      '--action',
      'scale-ecs-service',
      '--repo',
      'acme/shop',
    );
    expect(JSON.parse(one.stdout)).toEqual(PAST);
    expect(seen.at(-1)?.url).toBe('/api/actions/recent?action=scale-ecs-service&repository=acme%2Fshop');
    expect((await run('actions', '--last', 'all')).code).toBe(2);
  });

  it('[D141] action-stats --action-type tells how often it helped', async () => {
    const { run, seen } = await aDeployment();
    const { code, stdout } = await run('action-stats', '--action-type', 'scale-ecs-service');
    expect([code, seen[0]?.url]).toEqual([0, '/api/actions/stats?action=scale-ecs-service']);
    expect(stdout).toMatch(/helped in 3 of 4, undone 1, 95 s to recover on average; last 2026-11-21/);
    expect(JSON.parse((await run('action', 'stats', '--days', '7', '--json')).stdout)).toEqual(STATS);
    expect(seen[1]?.url).toBe('/api/actions/stats?days=7');
    expect((await run('action', 'stats', '--days', '401')).stderr).toContain('--days 401');
  });

  it('[D141] takes the name of an action with underscores, and says which name is none of an action', async () => {
    const { run } = await aServedApi();
    const known = await run('action-stats', '--action-type', 'redeploy_ecs_service');
    expect([known.code, known.stderr]).toEqual([
      0,
      'selfheal: no outcome of redeploy-ecs-service in the last 90 days.\n',
    ]);
    const unknown = await run('action-stats', '--action-type', 'restart_redis_service');
    expect(unknown.stderr).toMatch(
      /restart_redis_service is no action here; actions of this kind are redeploy-ecs-service, /,
    );
  });

  it('[D134] test-action --action-type --service-name tells what it would do', async () => {
    const { run, seen } = await aDeployment();
    const { code, stdout } = await run('test-action', '--action-type', 'scale-ecs-service', '--service-name', 'orders');
    expect(code).toBe(0);
    expect(stdout).toBe(`It would be done without asking.\n${REHEARSAL.effect}\n${REHEARSAL.undo}\nRisk low.\n`);
    expect(seen).toMatchObject([
      { method: 'POST', url: '/api/actions/scale-ecs-service/try', body: { service: 'orders' } },
    ]);
    const all = await run(
      'action',
      'try',
      'scale-ecs-service',
      '--service',
      'orders',
      '--alarm',
      'a',
      '--to',
      '6',
      '--class',
      'memory_leaks',
      '--json',
    );
    expect(JSON.parse(all.stdout)).toEqual(REHEARSAL);
    expect(seen[1]?.body).toEqual({ service: 'orders', alarm: 'a', class: 'memory_leaks', to: 6 });
    await run('action', 'try', 'scale-ecs-service', '--repo', 'acme/shop');
    expect(seen[2]?.body).toEqual({ repository: 'acme/shop' });
    expect((await run('action', 'try', 'scale-ecs-service', '--to', '0')).stderr).toContain('--to 0');
    expect((await run('action', 'try', 'no-such')).stderr).toContain('No /api/actions/no-such/try.');
  });

  it('execute sends nothing without --yes, and asks for the effect with it', async () => {
    const { run, seen } = await aDeployment();
    const order = ['action', 'execute', 'scale-ecs-service', '--service', 'orders', '--to', '4'];
    const unsure = await run(...order);
    expect([unsure.code, unsure.stderr]).toEqual([
      2,
      expect.stringContaining('needs --yes to change a running system, or --dry-run'),
    ]);
    expect(seen).toEqual([]);
    const dry = await run(...order, '--dry-run');
    expect(dry.stdout).toContain(REHEARSAL.effect);
    expect(seen.map(({ url }) => url)).toEqual(['/api/actions/scale-ecs-service/try']);
    const asked = await run(...order, '--yes', '--reason', 'sale', '--alarm', 'orders-memory');
    expect([asked.code, asked.stdout]).toEqual([
      0,
      `Incident ${OPENED.id}: open.\nFollow it: selfheal incident explain ${OPENED.id}\n`,
    ]);
    expect(seen.at(-1)).toMatchObject({
      url: '/api/actions/execute',
      body: { action: 'scale-ecs-service', service: 'orders', alarm: 'orders-memory', to: 4, reason: 'sale' },
    });
    const named = await run('action', 'execute', 'rerun-failed-jobs', '--incident', 'gh-12345678', '--yes', '--json');
    expect(named.stderr).toContain('incident 4 (gh-12345678), escalated: CI');
    expect(seen.at(-1)?.body).toEqual({ action: 'rerun-failed-jobs', incident: 'gh-12345678' });
    expect((await run('action', 'execute', 'scale-ecs-service', '--yes')).stderr).toContain(
      'either --service ID or --incident ID',
    );
  });
});

describe('selfheal service', () => {
  it('list tells what may be done to each', async () => {
    const { run } = await aDeployment();
    expect((await run('service', 'list')).stdout).toMatch(
      /^orders +act +high +scale-ecs-service; scale-ecs-service up to 8\n$/,
    );
    expect(JSON.parse((await run('services', '--json')).stdout)).toEqual(SERVICE);
  });

  it('health exits with 1 while the service is not healthy', async () => {
    const { run } = await aDeployment();
    const { code, stdout } = await run('service', 'health', 'orders');
    expect(code).toBe(1);
    expect(stdout).toContain('orders: failing (mode act)\n  alarm orders-memory: ALARM since 2026-11-21 11:58 UTC\n');
    expect(stdout).toContain('open incident cw-1');
    expect(JSON.parse((await run('service', 'health', 'orders', '--json')).stdout)).toEqual(HEALTH);
    expect((await run('service', 'health', 'basket')).code).toBe(2);
  });

  it('scale asks for a number within the bound, and waits for the end of the incident', async () => {
    const { run, seen } = await aDeployment();
    expect((await run('service', 'scale', 'orders')).stderr).toContain('needs --to N');
    expect((await run('service', 'scale', 'orders', '--to', '5')).stderr).toContain('--yes');
    expect((await run('service', 'scale', 'orders', '--to', '9', '--dry-run')).stderr).toContain(
      'its remedies allow scale-ecs-service up to 8',
    );
    expect((await run('service', 'scale', 'orders', '--to', '5', '--dry-run')).stdout).toContain(REHEARSAL.effect);
    expect(seen.some(({ url }) => url?.endsWith('/scale'))).toBe(false);
    const scaled = await run('service', 'scale', 'orders', '--to', '5', '--yes', '--wait', '--json');
    expect(scaled.code).toBe(0);
    expect(JSON.parse(scaled.stdout)).toEqual({ ...OPENED, status: 'resolved', reason: 'The alarm is OK.' });
    expect(seen.at(-2)).toMatchObject({ url: '/api/applications/orders/scale', body: { to: 5 } });
  });

  it('scale exits with 1 when the incident ended otherwise', async () => {
    const { run } = await aDeployment({ status: 'escalated', reason: 'The kill switch is on.' });
    const { code, stdout } = await run('service', 'scale', 'orders', '--to', '5', '--yes', '--wait');
    expect([code, stdout]).toEqual([1, `Incident ${OPENED.id}: escalated. The kill switch is on.\n`]);
  });
});
