import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LIST_INDEXES } from '#shared/adapters/aws/dynamo-incident-keys.ts';
import { failure } from './aws/failure.ts';

// dynalite has no types of its own.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: Record<string, number>) => Server;

/** `throttle`: refused before it is done. `deny`: forbidden. `lose`: done, but the answer never comes. */
type Fault = 'throttle' | 'deny' | 'lose' | 'none';

export interface DynamoServer {
  readonly client: DynamoDBDocumentClient;
  /** Decides the fate of the next requests, one after the other, whatever they are. */
  fault(...faults: Fault[]): void;
  /** What was planned and has not come about. */
  clearFaults(): void;
  /** Operations sent since the start, by their name in the SDK: `QueryCommand`. */
  readonly operations: ReadonlyMap<string, number>;
  /** A new empty table with the keys and indexes of the Incidents table; returns its name. */
  createTable(): Promise<string>;
  close(): Promise<void>;
}

/** DynamoDB in this process on a free port, with a client that speaks to it. */
export async function startDynamo(): Promise<DynamoServer> {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const low = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
  const faults: Fault[] = [];
  const operations = new Map<string, number>();
  low.middlewareStack.add(
    (next, { commandName = 'unnamed' }) =>
      async (args) => {
        operations.set(commandName, (operations.get(commandName) ?? 0) + 1);
        return await next(args);
      },
    { step: 'initialize' },
  );
  low.middlewareStack.add(
    (next) => async (args) => {
      const fault = faults.shift() ?? 'none';
      if (fault === 'throttle') throw failure('ProvisionedThroughputExceededException', 400);
      if (fault === 'deny') throw failure('AccessDeniedException', 400);
      const answer = await next(args);
      if (fault === 'lose') throw failure('TimeoutError', undefined);
      return answer;
    },
    // Inside the SDK's own retries, so that each attempt meets its own fault.
    { step: 'deserialize', priority: 'high' },
  );
  let tables = 0;
  return {
    client: DynamoDBDocumentClient.from(low, { marshallOptions: { removeUndefinedValues: true } }),
    operations,
    fault: (...next) => void faults.push(...next),
    clearFaults: () => void faults.splice(0),
    createTable: async () => {
      const name = `table-${++tables}`;
      await low.send(new CreateTableCommand(definition(name)));
      const status = async () => (await low.send(new DescribeTableCommand({ TableName: name }))).Table?.TableStatus;
      while ((await status()) !== 'ACTIVE') await setTimeout(2);
      return name;
    },
    close: async () => {
      low.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const OPEN = { name: 'open', partition: 'openPk', sort: 'updatedAt', copied: [] };
const INDEXES: readonly { name: string; partition: string; sort: string; copied: readonly string[] }[] = [
  OPEN,
  ...Object.values(LIST_INDEXES),
];

const keySchema = (partition: string, sort: string): KeySchemaElement[] => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

const definition = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [...new Set(['pk', 'sk', ...INDEXES.flatMap(({ partition, sort }) => [partition, sort])])].map(
    (one) => ({ AttributeName: one, AttributeType: 'S' }),
  ),
  KeySchema: keySchema('pk', 'sk'),
  GlobalSecondaryIndexes: INDEXES.map(({ name: IndexName, partition, sort, copied }) => ({
    IndexName,
    KeySchema: keySchema(partition, sort),
    Projection:
      copied.length === 0
        ? { ProjectionType: 'KEYS_ONLY' }
        : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...copied] },
  })),
});
