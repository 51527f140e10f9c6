import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Resource } from '../template/deployment.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf, textsOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import { DamagedState } from './database.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DynamoDb {
  /** Forwards one call of the DynamoDB API; returns error answers as well. */
  forward(operation: string, body: Buffer | string): Promise<Answer>;
  /** Like `forward`, for the runtime's own calls. Throws `AwsFault`. */
  call(operation: string, input: unknown): Promise<JsonObject>;
  stop(): Promise<void>;
}

/** Starts the DynamoDB process. Its calls reject with `DamagedState` when the files of the tables cannot be read. */
export async function startDynamoDb(dataDir: string): Promise<DynamoDb> {
  const child = fork(join(import.meta.dirname, 'dynamodb-child.mjs'), [join(dataDir, 'dynamodb')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    // Its objects live briefly, so a small young generation is enough and keeps the process small; one of a megabyte is collected several times
    // for a page of a list. Threads for the collection would take the processor from the functions.
    execArgv: ['--max-semi-space-size=4', '--single-threaded-gc'],
  });
  await ready(child);
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let asked = 0;
  let damage: string | null = null;
  child.on('message', (message: (Answer & { id: number }) | { damage: string | null }) => {
    if ('damage' in message) {
      damage = message.damage;
      return;
    }
    const { id, ...answer } = message;
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  child.once('exit', (code) => {
    const ended = new Error(`The DynamoDB process ended with ${code}.`);
    for (const { reject } of waiting.values()) reject(damage === null ? ended : new DamagedState(dataDir, damage));
    waiting.clear();
  });
  // Over the channel of the child process: for small answers, HTTP takes longer than the store.
  const forward: DynamoDb['forward'] = (operation, body) =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      child.send({ id, operation, body }, (error) => {
        if (error === null || !waiting.delete(id)) return;
        reject(error);
      });
    });
  const call: DynamoDb['call'] = async (operation, input) => {
    const answer = await forward(operation, JSON.stringify(input));
    const output: unknown = JSON.parse(answer.body || '{}');
    if (answer.status === 200) return objectOf(output);
    const type = isObject(output) ? (textOf(output.__type) ?? '') : '';
    const message = textOf(objectOf(output).message) ?? textOf(objectOf(output).Message) ?? '';
    throw new AwsFault(type.split('#').pop() ?? 'InternalServerError', message, answer.status);
  };
  const stop = async () => {
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

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The DynamoDB process ended with ${code} while starting.`)));
  });
}
