import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { Resource } from '../template/deployment.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf, textsOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';

export interface DynamoDb {
  /** Forwards one call of the DynamoDB API; returns error answers as well. */
  forward(
    operation: string,
    body: Buffer | string,
  ): Promise<{ status: number; headers: Record<string, string>; body: Buffer }>;
  /** Like `forward`, for the runtime's own calls. Throws `AwsFault`. */
  call(operation: string, input: unknown): Promise<JsonObject>;
  stop(): Promise<void>;
}

/** Starts the DynamoDB process and creates missing tables. */
export async function startDynamoDb(dataDir: string): Promise<DynamoDb> {
  const child = fork(join(import.meta.dirname, 'dynamodb-child.mjs'), [join(dataDir, 'dynamodb')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Its objects live briefly, so a small young generation is enough and keeps the process small.
    execArgv: ['--max-semi-space-size=1'],
  });
  const port = await portOf(child);
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const forward: DynamoDb['forward'] = (operation, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
        'x-amz-date': '20200101T000000Z',
      };
      const outgoing = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 500, headers: kept(answer.headers), body: Buffer.concat(chunks) }),
        );
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  const call: DynamoDb['call'] = async (operation, input) => {
    const answer = await forward(operation, JSON.stringify(input));
    const output: unknown = JSON.parse(answer.body.toString('utf8') || '{}');
    if (answer.status === 200) return objectOf(output);
    const type = isObject(output) ? (textOf(output.__type) ?? '') : '';
    const message = textOf(objectOf(output).message) ?? textOf(objectOf(output).Message) ?? '';
    throw new AwsFault(type.split('#').pop() ?? 'InternalServerError', message, answer.status);
  };
  const stop = async () => {
    agent.destroy();
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.disconnect();
    await gone;
  };
  return { forward, call, stop };
}

/** Creates the table of a resource if it is missing; throws when the table on disk has other keys. */
export async function ensureTable(dynamoDb: DynamoDb, table: Resource): Promise<void> {
  const { properties, name } = table;
  const wanted = {
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...(properties.GlobalSecondaryIndexes === undefined
      ? {}
      : { GlobalSecondaryIndexes: listOf(properties.GlobalSecondaryIndexes).map(indexOf) }),
    ...(properties.LocalSecondaryIndexes === undefined
      ? {}
      : { LocalSecondaryIndexes: listOf(properties.LocalSecondaryIndexes).map(indexOf) }),
  };
  try {
    await dynamoDb.call('CreateTable', wanted);
  } catch (error) {
    if (!(error instanceof AwsFault) || error.code !== 'ResourceInUseException') throw error;
    const existing = objectOf((await dynamoDb.call('DescribeTable', { TableName: name })).Table);
    if (keysOf(existing) !== keysOf(wanted)) {
      throw new Error(
        `The table ${name} in the state folder has other keys or indexes than the template. Nothing was changed. Start the version that wrote it, or move the folder away, or choose another one with --data.`,
        { cause: error },
      );
    }
  }
}

function indexOf(index: unknown) {
  const { IndexName, KeySchema, Projection } = objectOf(index);
  return { IndexName, KeySchema, Projection };
}

function keysOf(table: JsonObject): string {
  const indexes = [...listOf(table.GlobalSecondaryIndexes), ...listOf(table.LocalSecondaryIndexes)].map(objectOf);
  return JSON.stringify([keySchema(table), indexes.map(indexKeys).sort()]);
}

function indexKeys(index: JsonObject): string {
  const { ProjectionType, NonKeyAttributes } = objectOf(index.Projection);
  return `${index.IndexName} ${keySchema(index)} ${ProjectionType} ${textsOf(NonKeyAttributes).sort().join(',')}`;
}

function keySchema(owner: JsonObject): string {
  return listOf(owner.KeySchema)
    .map(objectOf)
    .map((key) => `${key.KeyType}:${key.AttributeName}`)
    .join(',');
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(Number(objectOf(message).port)));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The DynamoDB process ended with ${code} while starting.`)));
  });
}

function kept(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const names = ['content-type', 'x-amzn-requestid', 'x-amz-crc32'];
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}
