import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { makeDynamoConnectionStore } from '#shared/adapters/aws/dynamo-connection-store.ts';
import { makeDynamoEventLedger } from '#shared/adapters/aws/dynamo-event-ledger.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import type { Connection } from '#shared/domain/webhooks/connection.ts';
import { secretOfGeneration } from '#shared/domain/webhooks/connection-secret.ts';
import { alertmanager } from '#shared/plugins/sources/alertmanager/index.ts';
import { expectClean, type Healer, NAME_KEY, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const NOW = '2026-11-26T10:00:00.000Z';
const PROMETHEUS: Connection = {
  version: 1,
  id: 'prometheus-eu',
  source: 'alertmanager',
  scheme: 'bearer',
  header: null,
  services: null,
  perMinute: 100,
  secret: 'derived',
  silentAfterMinutes: null,
  generation: 1,
  previousUntil: null,
  createdBy: 'admin@example.com',
  createdAt: NOW,
};

let healer: Healer;
let table: string;
beforeAll(async () => {
  healer = await openHealer({ timeScale: 0.02 });
  table = outputOf(healer.runtime, 'ControlTableName');
  await connect(PROMETHEUS);
});
afterAll(() => healer?.stop());

const client = () => DynamoDBDocumentClient.from(healer.dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
const connect = async (connection: Connection) =>
  expect(await makeDynamoConnectionStore({ table, client: client() }).create(connection)).toBe(true);
const ledger = async () => {
  const until = new Date(Date.now() + 3_600_000);
  return await makeDynamoEventLedger({ table, client: client() }).list({ from: new Date(0), until, limit: 500 });
};

type Group = { alerts: { status: string; startsAt: string; endsAt: string; fingerprint: string }[] };
const sample = (name: string): Group =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../events/alertmanager', `${name}.json`), 'utf8'));

async function send(
  body: unknown,
  { connection = PROMETHEUS, secret = secretOfGeneration(connection, 1, NAME_KEY) } = {},
) {
  const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}/webhooks/${connection.source}/${connection.id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Ids of the incidents that a group's alerts open, in its order. */
function incidentsOf(group: Group, connection = PROMETHEUS): string[] {
  const read = alertmanager.read({ headers: {}, body: group, receivedAt: new Date() });
  if (read.kind !== 'alerts') throw new Error(`It is ${read.kind}.`);
  const from = { provider: connection.source, connection: connection.id };
  return read.alerts.map((alert) => identify(signalOfAlert(alert, from)).incidentId);
}

describe('alerts of Prometheus Alertmanager through a connection', () => {
  it('open one incident each, in which nothing is changed and the mail says who raised it and what it said; resolved closes it', async () => {
    const group = sample('two-alerts-firing');
    const [checkout = '', orders = ''] = incidentsOf(group);
    expect(await send(group)).toEqual({ status: 202, body: { accepted: 2, ledger: 0 } });
    expect(await healer.ended(checkout)).toMatchObject({
      status: 'escalated',
      source: 'alertmanager',
      target: { kind: 'alert', provider: 'alertmanager', service: 'checkout', severity: 'critical' },
    });
    expect(await healer.ended(orders)).toMatchObject({ target: { service: 'orders', severity: 'medium' } });
    expect(healer.world.journal.entries()).toEqual([]);
    const mail = healer.mailsAbout(checkout)[0]?.text.replace(/\s+/g, ' ') ?? '';
    expect(mail).toContain('CheckoutErrorsHigh: More than 5 % of the requests fail');
    expect(mail).toContain('alertmanager');
    expect(mail).toContain('http://prometheus.example.com:9090/graph?g0.expr=up');
    // The same group again, as Alertmanager repeats it.
    const before = healer.runtime.executions().length;
    expect(await send(group)).toMatchObject({ status: 202, body: { accepted: 2 } });
    await healer.quiet();
    expect(healer.runtime.executions()).toHaveLength(before);

    expect(await send(sample('one-alert-resolved'))).toMatchObject({ status: 202, body: { accepted: 1 } });
    await until('the end of the alert', async () => (await healer.incidents.get(checkout))?.status === 'resolved');
    const resolved = await healer.ended(checkout);
    expect(resolved).toMatchObject({ status: 'resolved', attempt: 2 });
    expect(resolved.outcomeReason).toContain('reported at 2026-11-21T10:12:00.000Z that it is resolved');
    expect((await healer.incidents.get(orders))?.status).not.toBe('resolved');
    await healer.quiet();
    expect(healer.mailsAbout(checkout)[0]?.text).toMatch(/Recovered by itself\./);
    expectClean(healer);
  });

  it('open nothing when they were resolved before they arrived', async () => {
    const group = sample('two-alerts-firing');
    const [alert] = group.alerts;
    if (alert === undefined) throw new Error('The sample has alerts.');
    const late = { ...group, alerts: [{ ...alert, fingerprint: 'late', startsAt: '2026-11-21T11:00:00Z' }] };
    const [id = ''] = incidentsOf(late);
    const ended = late.alerts.map((one) => ({ ...one, status: 'resolved', endsAt: '2026-11-21T11:05:00Z' }));
    await send({ ...late, alerts: ended });
    await healer.quiet();
    await send(late);
    await healer.quiet();
    expect(await healer.incidents.get(id)).toBeNull();
  });

  it('are refused without the secret, and the ledger says so; whatever is in an authenticated one is answered 202', async () => {
    expect(await send({}, { secret: 'guessed' })).toMatchObject({ status: 401 });
    const elsewhere = { ...PROMETHEUS, id: 'nobody' };
    expect(await send({}, { connection: elsewhere })).toMatchObject({ status: 401 });
    expect(await send('{ not json')).toEqual({ status: 202, body: { accepted: 0, ledger: 1 } });
    expect(await send(sample('another-version-rejected'))).toEqual({ status: 202, body: { accepted: 0, ledger: 1 } });
    expect(await send(sample('watchdog-firing-empty'))).toEqual({ status: 202, body: { accepted: 0, ledger: 1 } });
    const rules = (await ledger()).map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['unauthorized', 'not-json', 'not-understood', 'heartbeat']));
    expectClean(healer);
  });
});

describe('a connection that an administrator makes', () => {
  const PASSWORD = 'Correct-Horse-8-Battery';
  let authorization = '';
  beforeAll(async () => {
    await healer.runtime.createUser('owner', 'owner@example.com', PASSWORD, ['viewer', 'operator', 'admin']);
    authorization = `Bearer ${await signIn(healer, 'owner@example.com', PASSWORD)}`;
  });
  interface Answer {
    readonly url: string;
    readonly secret: string;
    readonly connections: unknown[];
    readonly events: { readonly id: string; readonly count: number }[];
  }
  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }
  const post = async (url: string, body: unknown) =>
    (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
  const firing = (fingerprint: string, service = 'orders') => {
    const group = sample('two-alerts-firing');
    return { ...group, alerts: [{ ...group.alerts[1], fingerprint, labels: { alertname: 'Slow', service } }] };
  };

  it('takes what has its secret, also that of before a rotation, and nothing once it is removed', async () => {
    const made = await call('POST', '/api/connections/webhooks', {
      id: 'by-path',
      source: 'alertmanager',
      scheme: 'path',
    });
    expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^[0-9a-f]{48}$/) } });
    expect(made.body.url).toBe(
      `${outputOf(healer.runtime, 'ApiUrl')}/webhooks/alertmanager/by-path/${made.body.secret}`,
    );
    expect(await post(made.body.url, firing('rotated-1'))).toBe(202);
    const rotated = await call('POST', '/api/connections/webhooks/by-path/rotate', { overlapHours: 1 });
    expect(rotated.body.secret).not.toBe(made.body.secret);
    expect(await post(rotated.body.url, firing('rotated-2'))).toBe(202);
    expect(await post(made.body.url, firing('rotated-3'))).toBe(202);
    expect(await call('POST', '/api/connections/webhooks/by-path/rotate', { overlapHours: 0 })).toMatchObject({
      status: 200,
    });
    expect(await post(rotated.body.url, firing('rotated-4'))).toBe(401);
    expect((await call('GET', '/api/connections/webhooks')).body.connections).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'by-path', lastSeenAt: expect.any(String) })]),
    );
    expect(await call('DELETE', '/api/connections/webhooks/by-path')).toMatchObject({ status: 200 });
    expect(await post(rotated.body.url, firing('rotated-5'))).toBe(401);
  });

  it('floods only itself, speaks only for its services, and one search says why an alert was ignored', async () => {
    const order = { id: 'narrow', source: 'alertmanager', scheme: 'path', services: ['orders'], perMinute: 5 };
    const { url } = (await call('POST', '/api/connections/webhooks', order)).body;
    expect(await post(url, firing('for-checkout', 'checkout'))).toBe(202);
    // More than two minutes let through, should one end in between.
    for (let at = 0; at < 15; at += 1) expect(await post(url, firing(`flood-${at}`, 'Orders'))).toBe(202);
    expect(await send(firing('beside-the-flood'))).toMatchObject({ status: 202, body: { accepted: 1 } });
    await healer.quiet();
    const found = await call('GET', '/api/events?search=checkout+slow');
    expect(found.body.events).toMatchObject([
      {
        rule: 'place-not-allowed',
        connection: 'narrow',
        why: 'The connection may not speak for this service, or for what names none.',
        count: 1,
      },
    ]);
    const limited = (await call('GET', '/api/events?rule=over-limit')).body.events;
    expect(limited).toMatchObject([{ connection: 'narrow', subject: 'narrow' }]);
    expect(limited[0]?.count).toBeGreaterThanOrEqual(4);
    expect(healer.runtime.denials).toEqual([]);
  });

  it('lets a repeat that was left aside go through the intake once more', async () => {
    const group = firing('replayed');
    const [id = ''] = incidentsOf(group as never);
    await send(group);
    await healer.ended(id);
    await send(group);
    await until('the repeat in the ledger', async () => {
      const { events } = (await call('GET', '/api/events?rule=duplicate-delivery&search=Slow')).body;
      return events.length > 0;
    });
    const [event] = (await call('GET', '/api/events?rule=duplicate-delivery&search=Slow')).body.events;
    expect(await call('POST', `/api/events/${event?.id}/replay`, {})).toMatchObject({
      status: 200,
      body: { delivery: expect.stringContaining('replay#') },
    });
    await until('the replay', async () => (await ledger()).some(({ rule }) => rule === 'stale'));
    await healer.quiet();
    expectClean(healer);
  });
});
