import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Retryable, UnsupportedVersion } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws, isConditionFailure } from './errors.ts';
import { readingTogether } from './reads-together.ts';

export type Item = Record<string, unknown>;
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Values of an expression by placeholder (`:at`), attribute names by placeholder (`#state`). */
interface Placeholders {
  readonly values?: Item;
  readonly names?: Record<string, string>;
}
export interface Condition extends Placeholders {
  readonly condition: string;
}
export interface Update extends Placeholders {
  readonly update: string;
  readonly condition?: string;
  /** Of the record; 1 when omitted, as for every kind of record that never changed its shape. */
  readonly version?: number;
}
interface Range {
  readonly prefix?: string;
  /** Only sort keys after this one; not together with `prefix`. */
  readonly after?: string;
  readonly newestFirst?: boolean;
  readonly limit?: number;
}

/**
 * One DynamoDB table with keys `pk` and `sk`. Reads are strongly consistent, writes touch one item each. Every item has a `version`, which
 * its reader checks; an item of another version is never written over: such a write fails like one whose condition does not hold, and
 * throws `UnsupportedVersion` where it has no condition.
 */
export interface Table {
  get(key: Key): Promise<Item | null>;
  getAll(keys: readonly Key[]): Promise<Item[]>;
  query(pk: string, range?: Range): Promise<Item[]>;
  /** False when the condition did not hold. */
  put(item: Item & Key, condition?: Condition): Promise<boolean>;
  /** The whole item afterwards, or null when the condition did not hold. */
  update(key: Key, update: Update): Promise<Item | null>;
  remove(key: Key, condition: Condition): Promise<boolean>;
  /** Like `put`, and also true when our own write succeeded but its answer was lost and the SDK sent it again. */
  putOnce(item: Item & Key, condition: Condition): Promise<boolean>;
  /**
   * Like `update` for updates whose repeat fails their own condition; true when ours was written. `update` starts with
   * SET.
   */
  updateOnce(key: Key, update: Update & { condition: string }): Promise<boolean>;
}

/** Of every kind of record until its shape changes. */
const FIRST_VERSION = 1;

export interface TableAccess {
  readonly table: string;
  readonly client: DynamoDBDocumentClient;
}

/** Without a client, the one that all stores of a function share. */
export type TableOptions = Pick<TableAccess, 'table'> &
  Partial<TableAccess> & {
    /** Records that several stores of this table are asked for at the same moment come in one request (`reads-together.ts`). */
    readonly readsTogether?: boolean;
  };

/** The reads that the stores of a table share, by client and table. */
const shared = new WeakMap<DynamoDBDocumentClient, Map<string, Pick<Table, 'get' | 'getAll'>>>();

function sharedReads({ table, client }: TableAccess): Pick<Table, 'get' | 'getAll'> {
  const known = shared.get(client) ?? new Map();
  shared.set(client, known);
  const reads = known.get(table) ?? readingTogether(tableReads({ table, client }));
  known.set(table, reads);
  return reads;
}

export function openTable({ table, client = dynamoClient(), readsTogether = false }: TableOptions): Table {
  const { query, ...each } = tableReads({ table, client });
  const { get, getAll } = readsTogether ? sharedReads({ table, client }) : each;
  const { put, update, remove } = tableWrites({ table, client });
  const wroteIt = async (key: Key, writeId: string): Promise<boolean> => (await get(key))?.writeId === writeId;
  return {
    get,
    getAll,
    query,
    put,
    update,
    remove,
    putOnce: async (item, condition) => {
      const writeId = randomUUID();
      return (await put({ ...item, writeId }, condition)) || wroteIt({ pk: item.pk, sk: item.sk }, writeId);
    },
    updateOnce: async (key, { update: expression, values, ...rest }) => {
      const writeId = randomUUID();
      const marked = expression.replace(/^SET /, 'SET writeId = :writeId, ');
      const written = await update(key, { ...rest, update: marked, values: { ...values, ':writeId': writeId } });
      return written !== null || wroteIt(key, writeId);
    },
  };
}

function tableReads({ table, client }: TableAccess): Pick<Table, 'get' | 'getAll' | 'query'> {
  return {
    get: async ({ pk, sk }) => {
      const command = new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true });
      return (await callAws('Reading a record', () => client.send(command))).Item ?? null;
    },
    getAll: (keys) => batchGet({ table, client }, keys),
    query: async (pk, { prefix, after, newestFirst = false, limit } = {}) => {
      const items: Item[] = [];
      let start: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          ...keyCondition(pk, prefix, after),
          ConsistentRead: true,
          ScanIndexForward: !newestFirst,
          ...(limit === undefined ? {} : { Limit: limit - items.length }),
          ...present({ ExclusiveStartKey: start }),
        });
        const page = await callAws('Reading records', () => client.send(command));
        items.push(...(page.Items ?? []));
        start = page.LastEvaluatedKey;
      } while (start !== undefined && (limit === undefined || items.length < limit));
      return items;
    },
  };
}

function keyCondition(
  pk: string,
  prefix?: string,
  after?: string,
): {
  KeyConditionExpression: string;
  ExpressionAttributeValues: Item;
} {
  if (prefix !== undefined)
    return {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
    };
  if (after !== undefined)
    return {
      KeyConditionExpression: 'pk = :pk AND sk > :after',
      ExpressionAttributeValues: { ':pk': pk, ':after': after },
    };
  return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
}

/**
 * Items of the Incidents table that its sparse index `open` lists under `partition`, at most `limit`; only those due at `until`, where it is given.
 * The index lags behind, so each hit is read again.
 */
export async function openItems(
  { table, client }: TableAccess,
  { partition, until, limit }: { readonly partition: string; readonly until?: Date; readonly limit: number },
): Promise<Item[]> {
  const command = new QueryCommand({
    TableName: table,
    IndexName: 'open',
    KeyConditionExpression: `openPk = :partition${until === undefined ? '' : ' AND updatedAt <= :until'}`,
    ExpressionAttributeValues: {
      ':partition': partition,
      ...(until === undefined ? {} : { ':until': until.toISOString() }),
    },
    Limit: limit,
  });
  const page = await callAws('Listing open records', () => client.send(command));
  const { get } = tableReads({ table, client });
  const items: Item[] = [];
  for (const { pk, sk } of page.Items ?? []) {
    const item = await get({ pk: String(pk), sk: String(sk) });
    if (item !== null) items.push(item);
  }
  return items;
}

async function batchGet({ table, client }: TableAccess, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  let open: Item[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  // DynamoDB takes 100 keys per call and may leave some for the next call.
  for (let round = 0; open.length > 0; round++) {
    if (round > keys.length / 100 + 5)
      throw new Retryable(`Reading ${keys.length} records: DynamoDB did not return all of them.`);
    const command = new BatchGetCommand({
      RequestItems: { [table]: { Keys: open.slice(0, 100), ConsistentRead: true } },
    });
    const answer = await callAws('Reading records', () => client.send(command));
    items.push(...(answer.Responses?.[table] ?? []));
    open = [...(answer.UnprocessedKeys?.[table]?.Keys ?? []), ...open.slice(100)];
  }
  return items;
}

function tableWrites({ table, client }: TableAccess): Pick<Table, 'put' | 'update' | 'remove'> {
  return {
    put: async (item, condition) => {
      const version = typeof item.version === 'number' ? item.version : FIRST_VERSION;
      const command = new PutCommand({
        TableName: table,
        Item: { ...item, version },
        ...expressionOf(ofVersion(version, condition)),
      });
      const written = (await unlessRefused('Writing a record', () => client.send(command))) !== null;
      if (!written && condition === undefined) throw otherVersion(item, version);
      return written;
    },
    update: async (key, { update, version = FIRST_VERSION, ...condition }) => {
      const { pk, sk } = key;
      const command = new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        UpdateExpression: /^SET /.test(update)
          ? update.replace(/^SET /, 'SET #recordVersion = :recordVersion, ')
          : `SET #recordVersion = :recordVersion ${update}`,
        ReturnValues: 'ALL_NEW',
        ...expressionOf(ofVersion(version, condition)),
      });
      const answer = await unlessRefused('Changing a record', () => client.send(command));
      if (answer === null && condition.condition === undefined) throw otherVersion(key, version);
      return answer === null ? null : (answer.Attributes ?? {});
    },
    remove: async ({ pk, sk }, condition) => {
      const expression = expressionOf(ofVersion(FIRST_VERSION, condition));
      const command = new DeleteCommand({ TableName: table, Key: { pk, sk }, ...expression });
      return (await unlessRefused('Removing a record', () => client.send(command))) !== null;
    },
  };
}

/** The condition, and that no item of another version exists. */
function ofVersion(version: number, { condition, values, names }: Partial<Condition> = {}): Condition {
  const own = 'attribute_not_exists(pk) OR #recordVersion = :recordVersion';
  return {
    condition: condition === undefined ? own : `(${condition}) AND (${own})`,
    names: { ...names, '#recordVersion': 'version' },
    values: { ...values, ':recordVersion': version },
  };
}

const otherVersion = ({ pk, sk }: Key, expected: number): UnsupportedVersion =>
  new UnsupportedVersion(`The record ${pk} ${sk}`, { found: null, expected });

/** DynamoDB refuses empty expression maps, so only used ones are sent. */
function expressionOf({ condition, values, names }: Partial<Condition> = {}): {
  ConditionExpression?: string;
  ExpressionAttributeValues?: Item;
  ExpressionAttributeNames?: Record<string, string>;
} {
  return present({
    ConditionExpression: condition,
    ExpressionAttributeValues: values,
    ExpressionAttributeNames: names,
  });
}

async function unlessRefused<T>(what: string, call: () => Promise<T>): Promise<T | null> {
  try {
    return await callAws(what, call);
  } catch (error) {
    if (isConditionFailure(error)) return null;
    throw error;
  }
}

/** Without the table's own attributes, so that a record can be parsed strictly. */
export function withoutStorage(item: Item): Item {
  const { pk, sk, openPk, deliveries, counted, writeId, expiresAt, ...rest } = item;
  const { listKey, listMonth, listTarget, listClass, listId, ...record } = rest;
  return record;
}

/** Whole seconds since 1970, as DynamoDB's TTL requires, rounded up. */
export const ttlOf = (at: Date): number => Math.ceil(at.getTime() / 1000);

let client: DynamoDBDocumentClient | undefined;

/** One client for all stores of a function. */
export function dynamoClient(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(new DynamoDBClient(REPEATABLE), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return client;
}

/** Holds when the stored record has the previous revision; the first revision requires that there is none. */
export function overRevisionBefore(revision: number): Condition {
  if (revision === 1) return { condition: 'attribute_not_exists(pk)' };
  return {
    condition: '#revision = :before',
    names: { '#revision': 'revision' },
    values: { ':before': revision - 1 },
  };
}
