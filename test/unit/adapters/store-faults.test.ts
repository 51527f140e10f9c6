import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { aKnowledgeEntry, anActionRecord, anApproval, anIncident } from '#test/builders/index.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

const ID = `gh-${'0'.repeat(24)}`;
const AT = new Date('2026-11-21T12:00:00.000Z');
let dynamo: DynamoServer;
let table: string;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
beforeEach(async () => {
  table = await dynamo.createTable();
});
const incidents = () => makeDynamoIncidentStore({ table, client: dynamo.client });
const controls = () => makeDynamoControlStore({ table, client: dynamo.client });

describe('a DynamoDB store whose answer is lost after the write', () => {
  it('still says that the incident was created, because it was', async () => {
    dynamo.fault('lose');
    expect(await incidents().create(anIncident())).toBe('created');
  });

  it('still says that the update was made, and made once', async () => {
    await incidents().create(anIncident());
    dynamo.fault('lose');
    expect(await incidents().update(ID, { attempt: 2 }, { ifAttempt: 1, at: AT })).toBe('updated');
    expect((await incidents().get(ID))?.attempt).toBe(2);
  });

  it('still says that the action was intended by this call', async () => {
    dynamo.fault('lose');
    expect(await incidents().intend(anActionRecord())).toEqual({ kind: 'intended' });
  });

  it('decides an approval once and says so', async () => {
    await incidents().putApproval(anApproval());
    dynamo.fault('lose');
    const decided = await incidents().decideApproval(ID, 'd'.repeat(64), 'approved', 'approver@example.com', AT);
    expect(decided).toBe('decided');
  });

  it('counts an occurrence, an outcome, a place and a taken unit once', async () => {
    await incidents().create(anIncident());
    dynamo.fault('lose', 'none', 'lose');
    await incidents().addOccurrence(ID, 'delivery-2', 2, AT);
    expect(await incidents().get(ID)).toMatchObject({ occurrences: 2, runAttempt: 2 });

    const knowledge = makeDynamoKnowledgeStore({ table, client: dynamo.client });
    dynamo.fault('lose');
    await knowledge.recordOutcome(aKnowledgeEntry(), ID, 'success', AT, 'repository#501');
    expect((await knowledge.findByFingerprint('0123456789abcdef', 'repository#501'))?.successes).toBe(1);

    dynamo.fault('lose');
    expect(await controls().countInMinute('2026-11-21T12:00Z', ID, 'runs')).toBe(1);
    dynamo.fault('lose');
    expect(await controls().takeFromLimit('hour', '12', 'a', 2, new Date(Date.now() + 60_000))).toBe(true);
    expect(await controls().takeFromLimit('hour', '12', 'b', 2, new Date(Date.now() + 60_000))).toBe(true);
  });

  it('gives the lease and the place to the caller who took them', async () => {
    dynamo.fault('lose');
    expect(await controls().acquireLease('target', 'holder', 60, AT)).not.toBeNull();
    dynamo.fault('lose');
    expect(await controls().claimGroup('place', ID, AT)).toBe(ID);
  });
});

describe('a DynamoDB store that is refused', () => {
  it('gets over short throttling by itself', async () => {
    dynamo.fault('throttle');
    expect(await incidents().create(anIncident())).toBe('created');
  });

  it('throws Retryable with its cause when throttling lasts', async () => {
    dynamo.fault('throttle', 'throttle');
    const reading = incidents().get(ID);
    await expect(reading).rejects.toMatchObject({
      name: 'Retryable',
      cause: { name: 'ProvisionedThroughputExceededException' },
    });
  });

  it('throws Refused at once when access is denied', async () => {
    dynamo.fault('deny');
    await expect(controls().controls()).rejects.toMatchObject({ name: 'Refused' });
  });
});

describe('a DynamoDB store with a broken record', () => {
  const breakIncident = (id: string): Promise<unknown> =>
    dynamo.client.send(
      new PutCommand({
        TableName: table,
        Item: { pk: `INC#${id}`, sk: 'META', openPk: 'OPEN', updatedAt: '2026-11-21T10:00:00.000Z', version: 1 },
      }),
    );

  it('throws CorruptRecord that names the record', async () => {
    await breakIncident(ID);
    await expect(incidents().get(ID)).rejects.toMatchObject({ name: 'CorruptRecord' });
    await expect(incidents().get(ID)).rejects.toThrow(ID);
  });

  it('still lists the other stalled incidents, and reports the broken one when it is alone', async () => {
    await breakIncident('gh-broken-broken');
    await expect(incidents().listStalled(AT, 5)).rejects.toMatchObject({ name: 'CorruptRecord' });
    await incidents().create(anIncident({ updatedAt: '2026-11-21T11:00:00.000Z' }));
    expect((await incidents().listStalled(AT, 5)).map(({ id }) => id)).toEqual([ID]);
  });

  it('does not believe controls that do not parse: the guard fails closed', async () => {
    await dynamo.client.send(
      new PutCommand({
        TableName: table,
        Item: { pk: 'CONTROLS', sk: 'META', version: 1, killSwitch: 'no', reason: null },
      }),
    );
    await expect(controls().controls()).rejects.toMatchObject({ name: 'CorruptRecord' });
  });
});

describe('the index of open incidents', () => {
  const inIndex = async (): Promise<number> => {
    const values = { ':open': 'OPEN' };
    const query = { TableName: table, IndexName: 'open', ExpressionAttributeValues: values };
    const found = await dynamo.client.send(new QueryCommand({ ...query, KeyConditionExpression: 'openPk = :open' }));
    return found.Count ?? 0;
  };

  it('holds an incident exactly while it is open, so that it does not grow with history', async () => {
    await incidents().create(anIncident());
    expect(await inIndex()).toBe(1);
    await incidents().update(ID, { status: 'resolved' }, { at: AT });
    expect(await inIndex()).toBe(0);
    await incidents().update(ID, { status: 'open', attempt: 2 }, { at: AT });
    expect(await inIndex()).toBe(1);
  });
});
