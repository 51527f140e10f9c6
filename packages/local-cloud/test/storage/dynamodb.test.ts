import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
import { expect, it } from 'vitest';
import { AbstractValueIterator, closeIteratorsOnReturn } from '../../src/storage/close-iterators.mjs';

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
