import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentBytes } from '#apps/local/drills/memory.ts';
import { type DynamoDb, startDynamoDb } from '#apps/local/storage/dynamodb.ts';

const KEYS = 300;
const QUERIES = 4000;
const AT_ONCE = 50;

describe('the process of the local DynamoDB', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'selfheal-dynamodb-'));
  let store: DynamoDb;

  beforeAll(async () => {
    store = await startDynamoDb(dataDir);
    await store.call('CreateTable', {
      TableName: 'items',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });
  });
  afterAll(async () => {
    await store.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** An iterator that stays open keeps what was written before it. */
  const query = async (pk: { S: string }) => {
    await store.call('PutItem', { TableName: 'items', Item: { pk, text: { S: 'x'.repeat(2000) } } });
    await store.call('Query', {
      TableName: 'items',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    });
  };
  const queries = async (count: number) => {
    for (let done = 0; done < count; done += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => query({ S: `key-${(done + at) % KEYS}` })));
    }
  };
  const bytes = () => residentBytes([Number(readFileSync(join(dataDir, 'dynamodb/process'), 'utf8'))]);

  it.runIf(process.platform === 'linux')('gives back what a query held', async () => {
    await queries(1000);
    const before = bytes();
    await queries(QUERIES);
    expect((bytes() - before) / QUERIES).toBeLessThan(10_000);
  });
});
