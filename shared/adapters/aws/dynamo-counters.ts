import * as z from 'zod';
import type { Count, CounterStore } from '#shared/ports/counter-store.ts';
import { openTable, type TableOptions } from './dynamo-table.ts';

const KEY = { pk: 'COUNTERS', sk: 'API' };

/** The attribute of a counter: its name and its labels in a fixed order. */
const attributeOf = ({ name, labels }: Count): string =>
  JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
const Attribute = z.tuple([z.string()], z.tuple([z.string(), z.string()]));

/**
 * Stats table: one item `COUNTERS`/`API` with an attribute for each counter, to which every process adds (`ADD`), so that none loses what another
 * counts. A write whose answer is lost is sent again by the SDK and may count twice.
 */
export function makeDynamoCounters(options: TableOptions): CounterStore {
  const table = openTable(options);
  return {
    async add(counts) {
      if (counts.length === 0) return;
      const update = `ADD ${counts.map((_, at) => `#c${at} :c${at}`).join(', ')}`;
      const names = Object.fromEntries(counts.map((count, at) => [`#c${at}`, attributeOf(count)]));
      const values = Object.fromEntries(counts.map(({ value }, at) => [`:c${at}`, value]));
      await table.update(KEY, { update, names, values });
    },
    async totals() {
      const item = (await table.get(KEY)) ?? {};
      return Object.entries(item).flatMap(([attribute, value]): Count[] => {
        if (!attribute.startsWith('[') || typeof value !== 'number') return [];
        const [name, ...labels] = Attribute.parse(JSON.parse(attribute));
        return [{ name, labels: Object.fromEntries(labels), value }];
      });
    },
  };
}
