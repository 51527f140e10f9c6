import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DynamoDb, ensureTable, startDynamoDb } from '../../src/storage/dynamodb.ts';
import { AbstractValueIterator, closeIteratorsOnReturn } from '../../src/storage/level-fixes.mjs';
import type { Resource } from '../../src/template/deployment.ts';

const dynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;
const QUERIES = 20;

it('a query of the local store gives back its iterator', async () => {
  closeIteratorsOnReturn();
  let closed = 0;
  const { close } = AbstractValueIterator.prototype;
  AbstractValueIterator.prototype.close = function counted() {
    closed += 1;
    return close.call(this);
  };
  const path = mkdtempSync(join(tmpdir(), 'selfheal-dynamodb-'));
  const server = dynalite({ path, createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: 'items',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    // A table is there a moment after the answer.
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName: 'items' });
    await client.send(new PutItemCommand({ TableName: 'items', Item: { pk: { S: 'a' } } }));
    const before = closed;
    for (let query = 0; query < QUERIES; query += 1) {
      await client.send(
        new QueryCommand({
          TableName: 'items',
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'a' } },
        }),
      );
    }
    expect(closed - before).toBeGreaterThanOrEqual(QUERIES);
  } finally {
    AbstractValueIterator.prototype.close = close;
    client.destroy();
    server.close();
    rmSync(path, { recursive: true, force: true });
  }
});

const key = (partition: string) => [{ AttributeName: partition, KeyType: 'HASH' }];
const index = (name: string, partition: string, copied: string[] = []) => ({
  IndexName: name,
  KeySchema: key(partition),
  Projection:
    copied.length === 0 ? { ProjectionType: 'KEYS_ONLY' } : { ProjectionType: 'INCLUDE', NonKeyAttributes: copied },
});
const table = (partition: string, ...indexes: ReturnType<typeof index>[]): Resource => ({
  id: 'Stack/Items',
  stack: 'Stack',
  logicalId: 'Items',
  type: 'AWS::DynamoDB::Table',
  name: 'items',
  ref: 'items',
  arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/items',
  properties: {
    AttributeDefinitions: [
      partition,
      ...indexes.flatMap(({ KeySchema }) => KeySchema.map((one) => one.AttributeName)),
    ].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: key(partition),
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
  },
});
const STORED = table('pk', index('by-a', 'a'), index('by-b', 'b', ['c', 'd']));

describe('a table in a state folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-dynamodb-'));
  let dynamoDb: DynamoDb;
  beforeAll(async () => {
    dynamoDb = await startDynamoDb(folder);
    await ensureTable(dynamoDb, STORED);
  });
  afterAll(async () => {
    await dynamoDb.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['as it was', STORED],
    ['with its indexes in another order', table('pk', index('by-b', 'b', ['d', 'c']), index('by-a', 'a'))],
  ])('is used again: %s', async (_what, resource) => {
    await expect(ensureTable(dynamoDb, resource)).resolves.toBeUndefined();
  });

  it.each([
    ['other keys', table('id', index('by-a', 'a'), index('by-b', 'b', ['c', 'd']))],
    ['an index fewer', table('pk', index('by-a', 'a'))],
    ['an index more', table('pk', index('by-a', 'a'), index('by-b', 'b', ['c', 'd']), index('by-c', 'c'))],
    ['an index by something else', table('pk', index('by-a', 'x'), index('by-b', 'b', ['c', 'd']))],
    ['an index that copies less', table('pk', index('by-a', 'a'), index('by-b', 'b', ['c']))],
    ['no index', table('pk')],
  ])('is refused in one line that says what to do when the template has %s', async (_what, resource) => {
    await expect(ensureTable(dynamoDb, resource)).rejects.toThrow(
      /^The table items in the state folder has other keys or indexes than the template\. Nothing was changed\. .+--data\.$/,
    );
    await expect(ensureTable(dynamoDb, STORED)).resolves.toBeUndefined();
  });
});

it('says in one line that the files of the tables are damaged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-dynamodb-'));
  // What the first process logged, the second one writes into a file of its own.
  for (const _ of ['log', 'file']) {
    const dynamoDb = await startDynamoDb(folder);
    await ensureTable(dynamoDb, STORED);
    await dynamoDb.stop();
  }
  const data = join(folder, 'dynamodb/data');
  const files = readdirSync(data).filter((name) => name.endsWith('.ldb'));
  for (const name of files) writeFileSync(join(data, name), 'not a table');
  const damaged = await startDynamoDb(folder);
  await expect(ensureTable(damaged, STORED)).rejects.toThrow(`The state folder ${folder} is damaged (`);
  await damaged.stop();
  rmSync(folder, { recursive: true, force: true });
});
