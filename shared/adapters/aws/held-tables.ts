import { DeleteCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { HeldKind, HeldRecord } from '#shared/ports/held-data.ts';
import { type Item, type Key, openTable, type Table } from './dynamo-table.ts';
import { callAws } from './errors.ts';

export type HeldTable = Extract<HeldRecord['place'], { readonly table: string }>['table'];

/** A partition, or a part of it, all of which is of one kind. */
export interface HeldPartition {
  readonly kind: HeldKind;
  readonly table: HeldTable;
  readonly pk: string;
}

/** Items with the sort keys that `position` says have not been read; `next` is null when nothing is left. */
interface ItemPage {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Reads of the four tables for an export or a deletion, which takes records as they are, of whatever version. */
export interface HeldTables extends Readonly<Record<HeldTable, Pick<Table, 'get' | 'getAll' | 'query'>>> {
  /** One read of a partition after a sort key. With `filter`, items that it does not match are read and left out. */
  read(place: Omit<HeldPartition, 'kind'>, after: string | null, filter?: ItemFilter): Promise<ItemPage>;
  /** One read of the index of incidents by target. */
  incidentsOf(partition: string, after: string | null): Promise<ItemPage>;
  /** Keys of the newest incidents by the same index. */
  newestOf(partition: string): Promise<readonly Key[]>;
  remove(place: { readonly table: HeldTable } & Key): Promise<void>;
}

/** A filter expression of DynamoDB with its names and values. */
export interface ItemFilter {
  readonly expression: string;
  readonly names: Record<string, string>;
  readonly values: Item;
}

/** Of one read of a partition without a filter: the records of tests have 120 KB each. */
const READ_AT_ONCE = 10;
const INCIDENTS_AT_ONCE = 4;
const NEWEST = 100;

export function makeHeldTables(names: Readonly<Record<HeldTable, string>>, client: DynamoDBDocumentClient): HeldTables {
  const open = (table: HeldTable) => openTable({ table: names[table], client });
  return {
    incidents: open('incidents'),
    knowledge: open('knowledge'),
    stats: open('stats'),
    control: open('control'),
    read: async ({ table, pk }, after, filter) => {
      const command = new QueryCommand({
        TableName: names[table],
        KeyConditionExpression: after === null ? 'pk = :pk' : 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: { ':pk': pk, ...(after === null ? {} : { ':after': after }), ...filter?.values },
        ConsistentRead: true,
        ...(filter === undefined
          ? { Limit: READ_AT_ONCE }
          : { FilterExpression: filter.expression, ExpressionAttributeNames: filter.names }),
      });
      const page = await callAws('Reading records', () => client.send(command));
      const next = page.LastEvaluatedKey?.sk;
      return { items: page.Items ?? [], next: next === undefined ? null : String(next) };
    },
    incidentsOf: async (partition, after) => {
      const command = new QueryCommand({
        TableName: names.incidents,
        IndexName: 'by-target',
        KeyConditionExpression: `listTarget = :partition${after === null ? '' : ' AND listKey > :after'}`,
        ExpressionAttributeValues: { ':partition': partition, ...(after === null ? {} : { ':after': after }) },
        Limit: INCIDENTS_AT_ONCE,
      });
      const page = await callAws('Reading the index by-target', () => client.send(command));
      const next = page.LastEvaluatedKey?.listKey;
      return { items: page.Items ?? [], next: next === undefined ? null : String(next) };
    },
    newestOf: async (partition) => {
      const command = new QueryCommand({
        TableName: names.incidents,
        IndexName: 'by-target',
        KeyConditionExpression: 'listTarget = :partition',
        ExpressionAttributeValues: { ':partition': partition },
        ScanIndexForward: false,
        Limit: NEWEST,
      });
      const { Items = [] } = await callAws('Reading the index by-target', () => client.send(command));
      return Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    },
    remove: async ({ table, pk, sk }) => {
      const command = new DeleteCommand({ TableName: names[table], Key: { pk, sk } });
      await callAws('Removing a record', () => client.send(command));
    },
  };
}

/** Answers a workflow that waits for a decision: nobody else may have it. */
const SECRET = 'taskToken';

/** A record for an export: what is in the item beside its keys, sets as lists. */
export function heldItem(kind: HeldKind, table: HeldTable, item: Item): HeldRecord {
  const { pk, sk, [SECRET]: _, ...record } = item;
  return {
    kind,
    place: { table, pk: String(pk), sk: String(sk) },
    record: JSON.parse(JSON.stringify(record, (__, value) => (value instanceof Set ? [...value] : value))),
  };
}
