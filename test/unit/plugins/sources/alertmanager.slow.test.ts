import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { identify } from '#shared/domain/incident/identity.ts';
import { type Alert, signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { alertmanager } from '#shared/plugins/sources/alertmanager/index.ts';
import {
  missingPrograms,
  startAlertmanager,
  startPrometheus,
  startPushGateway,
  stopPrograms,
} from '#test/e2e/support/prometheus.ts';
import { until } from '#test/e2e/support/until.ts';
import { aServedApi } from '../../cli/served-api.ts';

const missing = missingPrograms();
const SECRET = ['secret', 'of', 'nobody'].join('-');

async function listening(handle: (body: string, authorization: string) => string): Promise<string> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(handle(Buffer.concat(pieces).toString(), String(request.headers.authorization)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterAll(stopPrograms);

it.skipIf(missing.length > 0)(
  `a real Alertmanager's groups are read as alerts that fire and end, about a service and about a counter of Selfheal${missing.length === 0 ? '' : ` (skipped: this machine has no ${missing.join(', ')})`}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-alertmanager-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    let depth = 500;
    const service = await listening(() => `# TYPE shop_queue_depth gauge\nshop_queue_depth ${depth}\n`);
    const alerts: Alert[] = [];
    const wrong: string[] = [];
    const webhook = await listening((body, authorization) => {
      const read = alertmanager.read({ headers: {}, body: JSON.parse(body), receivedAt: new Date() });
      if (read.kind === 'alerts') alerts.push(...read.alerts);
      if (read.kind !== 'alerts' || authorization !== `Bearer ${SECRET}`) wrong.push(`${read.kind} ${authorization}`);
      return '';
    });
    const { url: api, call } = await aServedApi();
    const rule = (alert: string, expr: string, about: string) => ({
      ...{ alert, expr, labels: { severity: 'critical', service: about } },
      annotations: { summary: `${alert}: too high` },
    });
    const [gateway, alertmanagerUrl] = await Promise.all([
      startPushGateway(folder),
      startAlertmanager(folder, { url: `http://${webhook}/`, secret: SECRET }),
    ]);
    await startPrometheus(folder, {
      ...{ api, key: 'viewer', gateway, services: [service], alertmanager: alertmanagerUrl },
      rules: [
        rule('OrdersWait', 'shop_queue_depth > 100', 'orders'),
        rule('SelfhealRefuses', 'sum(increase(selfheal_errors_total{status="4xx"}[8s])) > 0', 'selfheal'),
      ],
    });
    const of = (about: string, state: Alert['state']) =>
      alerts.find((one) => one.service === about && one.state === state);
    // The counter has to be seen before it grows.
    await call('/api/incidents?limit=0', { as: 'viewer' });
    await until('the alert about the service', () => of('orders', 'firing') !== undefined);
    for (let time = 0; time < 5; time += 1) await call('/api/incidents?limit=0', { as: 'viewer' });
    await until('the alert about the counter', () => of('selfheal', 'firing') !== undefined);
    depth = 0;
    const from = { provider: 'alertmanager', connection: 'prometheus-eu' };
    for (const about of ['orders', 'selfheal']) {
      await until(`the end of the alert about ${about}`, () => of(about, 'resolved') !== undefined);
      const [firing, resolved] = [of(about, 'firing'), of(about, 'resolved')];
      if (firing === undefined || resolved === undefined) throw new Error('Both are there.');
      expect(firing).toMatchObject({ severity: 'critical', title: expect.stringContaining('too high') });
      // The end is told to the incident that the beginning opened.
      expect(identify(signalOfAlert(resolved, from)).incidentId).toBe(identify(signalOfAlert(firing, from)).incidentId);
    }
    expect(wrong).toEqual([]);
  },
);
