import { EVENT_DAYS, eventIdOf, ReceivedEvent } from '#shared/domain/webhooks/received-event.ts';
import type { EventLedger } from '#shared/ports/event-ledger.ts';
import { type Item, type Key, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** Sort keys begin with the hour, so that the newest are read first. */
export const EVENT_PARTITION = 'EVENT';
const DAY = 24 * 3600 * 1000;
const keyOf = (id: string): Key => ({ pk: EVENT_PARTITION, sk: id });

/** In the Control table: one item for each hour, source, connection, rule and subject; gone after 30 days. */
export function makeDynamoEventLedger(options: TableOptions): EventLedger {
  const table = openTable(options);
  return {
    note: async (event, at) => {
      const id = eventIdOf(event, at);
      const { source, connection, rule, subject, sample, signal, incidentId } = event;
      const now = at.toISOString();
      // What the first of an hour says stays; the rest is of the latest.
      const first: Item = { id, source, connection, rule, subject, firstAt: now, sample, signal };
      const latest: Item = { lastAt: now, incidentId, expiresAt: ttlOf(new Date(at.getTime() + EVENT_DAYS * DAY)) };
      const sets = [
        ...Object.keys(first).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
        ...Object.keys(latest).map((name) => `#${name} = :${name}`),
      ];
      const all = { ...first, ...latest, count: 1 };
      await table.update(keyOf(id), {
        update: `SET ${sets.join(', ')} ADD #count :count`,
        names: Object.fromEntries(Object.keys(all).map((name) => [`#${name}`, name])),
        values: Object.fromEntries(Object.entries(all).map(([name, value]) => [`:${name}`, value])),
      });
    },
    list: async ({ from, until, limit }) => {
      const items = await table.query(EVENT_PARTITION, { newestFirst: true, limit });
      const [first, last] = [hourOf(from), `${hourOf(until)}~`];
      return items.map(eventFrom).filter(({ id }) => id >= first && id <= last);
    },
    get: async (id) => {
      const item = await table.get(keyOf(id));
      return item && eventFrom(item);
    },
  };
}

const hourOf = (at: Date): string => at.toISOString().slice(0, 13).replaceAll(/\D/g, '');

function eventFrom(item: Item): ReceivedEvent {
  return parseRecord(ReceivedEvent, withoutStorage(item), `event ${String(item.sk)}`);
}
