import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { makeDynamoConnectionStore } from '#shared/adapters/aws/dynamo-connection-store.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import type { Connection } from '#shared/domain/webhooks/connection.ts';
import { secretOfGeneration } from '#shared/domain/webhooks/connection-secret.ts';
import { Mapping, readByMapping } from '#shared/domain/webhooks/mapping.ts';
import { expectClean, type Healer, NAME_KEY, openHealer } from './support/healer.ts';

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

it('a mapping in the configuration reads the deliveries of its tool in a deployment', async () => {
  const table = outputOf(healer.runtime, 'ControlTableName');
  const client = DynamoDBDocumentClient.from(healer.dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
  expect(await makeDynamoConnectionStore({ table, client }).create(CONNECTION)).toBe(true);
  const body = MAPPING.examples[0]?.body;
  const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}/webhooks/${MAPPING.id}/${CONNECTION.id}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${secretOfGeneration(CONNECTION, 1, NAME_KEY)}`,
    },
    body: JSON.stringify(body),
  });
  expect([response.status, await response.json()]).toEqual([202, { accepted: 1, ledger: 0 }]);
  const read = readByMapping(MAPPING, body, new Date());
  const [alert] = read.kind === 'alerts' ? read.alerts : [];
  if (alert === undefined) throw new Error('The example is an alert.');
  const { incidentId } = identify(signalOfAlert(alert, { provider: MAPPING.id, connection: CONNECTION.id }));
  expect(await healer.ended(incidentId)).toMatchObject({
    source: 'backup-runner',
    target: { kind: 'alert', service: 'orders', severity: 'high' },
    tainted: { title: 'Backup orders-db failed' },
  });
  expectClean(healer);
});
