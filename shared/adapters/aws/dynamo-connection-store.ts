import { Connection } from '#shared/domain/webhooks/connection.ts';
import type { ConnectionMeter, ConnectionStore } from '#shared/ports/connection-store.ts';
import { type Item, type Key, openTable, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

export const CONNECTION_PARTITION = 'CONNECTION';
export const CONNECTION_COUNT_PARTITION = 'CONNECTION-COUNT';

const keyOf = (id: string): Key => ({ pk: CONNECTION_PARTITION, sk: id });
const countKeyOf = (id: string): Key => ({ pk: CONNECTION_COUNT_PARTITION, sk: id });

/** In the Control table: one item for each connection, all in one partition. */
export function makeDynamoConnectionStore(options: TableOptions): ConnectionStore {
  const table = openTable(options);
  return {
    get: async (id) => {
      const item = await table.get(keyOf(id));
      return item && connectionFrom(item);
    },
    list: async () => (await table.query(CONNECTION_PARTITION)).map(connectionFrom),
    create: async (connection) =>
      await table.putOnce(
        { ...keyOf(connection.id), ...Connection.parse(connection) },
        { condition: 'attribute_not_exists(pk)' },
      ),
    rotate: async (id, from, previousUntil) => {
      const rotated = await table.update(keyOf(id), {
        update: 'SET generation = :next, previousUntil = :until',
        condition: 'generation = :from',
        values: { ':from': from, ':next': from + 1, ':until': previousUntil.toISOString() },
      });
      return rotated && connectionFrom(rotated);
    },
    remove: async (id) => await table.remove(keyOf(id), { condition: 'attribute_exists(pk)' }),
  };
}

/** In the Control table: one item for each connection, with the current minute and how often it sent in it. */
export function makeDynamoConnectionMeter(options: TableOptions): ConnectionMeter {
  const table = openTable(options);
  return {
    count: async (id, at) => {
      const minute = at.toISOString().slice(0, 16);
      const seen = at.toISOString();
      const counted = await table.update(countKeyOf(id), {
        update: 'SET lastSeenAt = :seen ADD inMinute :one',
        condition: 'minuteOf = :minute',
        values: { ':seen': seen, ':one': 1, ':minute': minute },
      });
      if (counted !== null) return { inMinute: Number(counted.inMinute) };
      // The first of a minute begins anew; of two that are the first, the later one is counted with the first.
      const begun = await table.update(countKeyOf(id), {
        update: 'SET lastSeenAt = :seen, minuteOf = :minute, inMinute = :one',
        condition: 'attribute_not_exists(minuteOf) OR minuteOf < :minute',
        values: { ':seen': seen, ':one': 1, ':minute': minute },
      });
      return { inMinute: Number(begun?.inMinute ?? 1) };
    },
    lastSeen: async (id) => {
      const item = await table.get(countKeyOf(id));
      return typeof item?.lastSeenAt === 'string' ? item.lastSeenAt : null;
    },
  };
}

function connectionFrom(item: Item): Connection {
  return parseRecord(Connection, withoutStorage(item), `connection ${String(item.sk)}`);
}
