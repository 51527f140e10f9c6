import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { signIn } from '#lab/drills/approvals.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import {
  missingPrograms,
  startAlertmanager,
  startPrometheus,
  startPushGateway,
  stopPrograms,
} from './support/prometheus.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const missing = missingPrograms();

let healer: Healer;
let folder: string;
beforeAll(async () => {
  if (missing.length > 0) return;
  folder = mkdtempSync(join(tmpdir(), 'selfheal-prometheus-'));
  healer = await openHealer({ timeScale: 0.02 });
});
afterAll(async () => {
  await stopPrograms();
  await healer?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** A sample service with one gauge, until the test ends. */
async function aService(depth: () => number): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`# TYPE shop_queue_depth gauge\nshop_queue_depth ${depth()}\n`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const call = async (path: string, token: string, body?: object): Promise<{ status: number; json: unknown }> => {
  const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
};

/** What an administrator makes: a connection for Alertmanager and a key for Prometheus. */
async function arranged() {
  await healer.runtime.createUser('owner', 'owner@example.com', PASSWORD, ['viewer', 'operator', 'admin']);
  const owner = await signIn(healer, 'owner@example.com', PASSWORD);
  const order = { id: 'prometheus-eu', source: 'alertmanager', scheme: 'bearer' };
  const connection = (await call('/api/connections/webhooks', owner, order)).json as { url: string; secret: string };
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const made = await call('/api/keys', owner, { name: 'prometheus', roles: ['viewer'], expiresAt });
  return { connection, key: (made.json as { text: string }).text };
}

/** The incident of the alerts about a service; null while there is none. */
async function incidentAbout(service: string, key: string): Promise<Incident | null> {
  const { incidents } = (await call('/api/incidents', key)).json as { incidents: { id: string }[] };
  for (const { id } of incidents) {
    const incident = await healer.incidents.get(id);
    if (incident?.target.kind === 'alert' && incident.target.service === service) return incident;
  }
  return null;
}

/** No rule depends on one scrape in time: each looks back over several. */
const RULES = [
  ['OrdersWait', 'max_over_time(shop_queue_depth[15s]) > 100', 'orders'],
  ['SelfhealRefuses', 'sum(increase(selfheal_errors_total{status="4xx"}[15s])) > 0', 'selfheal'],
].map(([alert, expr, service]) => ({
  ...{ alert, expr, labels: { severity: 'critical', service } },
  annotations: { summary: `${alert}: too many` },
}));

it.skipIf(missing.length > 0)(
  `alerts of a real Prometheus, about a service and about a counter of Selfheal itself, open incidents that their ends close${missing.length === 0 ? '' : ` (skipped: this machine has no ${missing.join(', ')})`}`,
  async () => {
    const { connection, key } = await arranged();
    let depth = 500;
    const service = await aService(() => depth);
    const [gateway, alertmanager] = await Promise.all([
      startPushGateway(folder),
      startAlertmanager(folder, connection),
    ]);
    await startPrometheus(folder, {
      ...{ api: outputOf(healer.runtime, 'ApiUrl'), key, gateway, services: [service], alertmanager },
      ...{ rules: RULES, intervalSeconds: 3 },
    });
    await until('the incident about the service', async () => (await incidentAbout('orders', key)) !== null);
    await until('the incident about the counter', async () => {
      // Refused again and again, because Prometheus has to see the counter before it grows.
      expect((await call('/api/incidents?limit=0', key)).status).toBe(400);
      return (await incidentAbout('selfheal', key)) !== null;
    });
    for (const about of ['orders', 'selfheal']) {
      const { id = '' } = (await incidentAbout(about, key)) ?? {};
      expect(await healer.ended(id)).toMatchObject({
        source: 'alertmanager',
        target: { kind: 'alert', provider: 'alertmanager', severity: 'critical' },
      });
    }
    depth = 0;
    for (const about of ['orders', 'selfheal']) {
      await until(
        `the end of the alert about ${about}`,
        async () => (await incidentAbout(about, key))?.status === 'resolved',
      );
      const incident = await incidentAbout(about, key);
      expect(incident?.outcomeReason).toContain('that it is resolved');
    }
    await stopPrograms();
    await healer.quiet();
    for (const about of ['orders', 'selfheal']) {
      const { id = '' } = (await incidentAbout(about, key)) ?? {};
      const [mail] = healer.mailsAbout(id);
      expect(mail?.text).toContain('Recovered by itself.');
    }
    expect(healer.world.journal.entries()).toEqual([]);
    expectClean(healer);
  },
);
