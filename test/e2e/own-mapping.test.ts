import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { outputOf } from '#apps/local/stage.ts';
import { makeDynamoConnectionStore } from '#shared/adapters/aws/dynamo-connection-store.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import type { Connection } from '#shared/domain/webhooks/connection.ts';
import { secretOfGeneration } from '#shared/domain/webhooks/connection-secret.ts';
import { Mapping, readByMapping } from '#shared/domain/webhooks/mapping.ts';
import { expectClean, type Healer, NAME_KEY, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const MAPPING = Mapping.parse({
  id: 'backup-runner',
  title: 'Our backups',
  schemes: ['bearer'],
  requires: ['/job/id', '/result'],
  fields: {
    id: '/job/id',
    state: { from: '/result', values: { error: 'firing', done: 'resolved' } },
    severity: { constant: 'high' },
    service: '/job/service',
    title: { template: 'Backup {/job/id} failed' },
    startedAt: '/startedAt',
  },
  examples: [
    {
      name: 'a backup that failed',
      body: { job: { id: 'orders-db', service: 'orders' }, result: 'error', startedAt: '2026-11-21T10:00:00Z' },
      expect: { state: 'firing', severity: 'high', service: 'orders', title: 'Backup orders-db failed' },
    },
  ],
});
const CONNECTION: Connection = {
  version: 1,
  id: 'backups',
  source: MAPPING.id,
  scheme: 'bearer',
  header: null,
  services: null,
  perMinute: 100,
  secret: 'derived',
  silentAfterMinutes: null,
  generation: 1,
  previousUntil: null,
  createdBy: 'admin@example.com',
  createdAt: '2026-11-26T10:00:00.000Z',
};

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ timeScale: 0.02, configuration: { mappings: [MAPPING] } });
});
afterAll(() => healer?.stop());

async function connect(connection: Connection): Promise<void> {
  const table = outputOf(healer.runtime, 'ControlTableName');
  const client = DynamoDBDocumentClient.from(healer.dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
  expect(await makeDynamoConnectionStore({ table, client }).create(connection)).toBe(true);
}

async function send(connection: Connection, body: unknown): Promise<unknown[]> {
  const secret = secretOfGeneration(connection, 1, NAME_KEY);
  const basic = Buffer.from(`selfheal:${secret}`).toString('base64');
  const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}/webhooks/${connection.source}/${connection.id}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json;charset=UTF-8',
      authorization: connection.scheme === 'basic' ? `Basic ${basic}` : `Bearer ${secret}`,
    },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

function incidentOf(connection: Connection, mapping: Pick<Mapping, 'requires' | 'fields'>, body: unknown): string {
  const read = readByMapping(mapping, body, new Date());
  const [alert] = read.kind === 'alerts' ? read.alerts : [];
  if (alert === undefined) throw new Error('The body is no alert.');
  return identify(signalOfAlert(alert, { provider: connection.source, connection: connection.id })).incidentId;
}

it('a mapping in the configuration reads the deliveries of its tool in a deployment', async () => {
  await connect(CONNECTION);
  const body = MAPPING.examples[0]?.body;
  expect(await send(CONNECTION, body)).toEqual([202, { accepted: 1, ledger: 0 }]);
  expect(await healer.ended(incidentOf(CONNECTION, MAPPING, body))).toMatchObject({
    source: 'backup-runner',
    target: { kind: 'alert', service: 'orders', severity: 'high' },
    tainted: { title: 'Backup orders-db failed' },
  });
  expectClean(healer);
});

describe('a Jenkins that tells of its builds itself', () => {
  const JENKINS: Connection = {
    ...CONNECTION,
    id: 'jenkins-office',
    source: 'jenkins',
    scheme: 'basic',
    services: ['orders'],
  };
  const FILE = join(import.meta.dirname, '../../shared/data/mappings/jenkins.yaml');
  const mapping = Mapping.parse(parse(readFileSync(FILE, 'utf8')));
  const url = 'job/shop/job/orders/';
  const build = (number: number, changes: object) => ({
    name: 'orders',
    display_name: 'orders',
    url,
    build: {
      full_url: `https://jenkins.example.com/${url}${number}/`,
      ...{ number, queue_id: 100 + number, duration: 61_022, url: `${url}${number}/`, artifacts: {} },
      timestamp: Date.parse('2026-11-27T09:41:12.123Z') + number * 60_000,
      log: '',
      ...changes,
    },
  });
  const failed = build(18, {
    phase: 'FINALIZED',
    status: 'FAILURE',
    log: 'npm ERR! code ETIMEDOUT\nFinished: FAILURE\n',
  });

  beforeAll(() => connect(JENKINS));

  it('opens one incident for a failed build, which quotes its console and builds nothing, and its next success closes it', async () => {
    const id = incidentOf(JENKINS, mapping, failed);
    for (const phase of ['STARTED', 'COMPLETED'])
      expect(await send(JENKINS, build(18, { phase, status: 'FAILURE' }))).toEqual([202, { accepted: 0, ledger: 1 }]);
    expect(await send(JENKINS, failed)).toEqual([202, { accepted: 1, ledger: 0 }]);
    expect(await healer.ended(id)).toMatchObject({
      status: 'escalated',
      source: 'jenkins',
      target: { kind: 'alert', service: 'orders', severity: 'medium' },
      tainted: { title: 'orders #18: FAILURE' },
    });
    const mail = healer.mailsAbout(id)[0]?.text.replace(/\s+/g, ' ') ?? '';
    expect(mail).toContain('https://jenkins.example.com/job/shop/job/orders/18/');
    expect(JSON.stringify((await healer.evidence.getEvidence(id))?.sources)).toContain('npm ERR! code ETIMEDOUT');
    expect(await healer.incidents.listActions(id)).toEqual([]);

    const passed = build(19, { phase: 'FINALIZED', status: 'SUCCESS' });
    expect(await send(JENKINS, passed)).toMatchObject([202, { accepted: 1 }]);
    await until('the end of the alert', async () => (await healer.incidents.get(id))?.status === 'resolved');
    await healer.ended(id);
    expectClean(healer);
  });

  it('speaks only for the services of its connection; what somebody aborted opens nothing', async () => {
    const foreign = { ...failed, name: 'payments', url: 'job/shop/job/payments/' };
    expect(await send(JENKINS, foreign)).toEqual([202, { accepted: 0, ledger: 1 }]);
    const aborted = build(20, { phase: 'FINALIZED', status: 'ABORTED' });
    expect(await send(JENKINS, aborted)).toEqual([202, { accepted: 0, ledger: 1 }]);
  });
});
