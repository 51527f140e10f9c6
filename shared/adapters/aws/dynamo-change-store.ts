import { digestOf } from '@selfheal/kernel/digest.ts';
import { Change, ChangeEdge } from '#shared/domain/changes/change.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';
import { type Item, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** Days that a change is kept: a postmortem may ask weeks later. */
const KEPT_DAYS = 60;
const DAY = 24 * 3600 * 1000;
const partitionOf = (place: string): string => `CHANGE#${place}`;
const edgesFrom = (id: string): string => `EDGE#${id}`;

/**
 * In the Incidents table: `CHANGE#<place>` with one item for each fact about a change there, by its instant, and `EDGE#<node>` with one item for each
 * edge from a node.
 */
export function makeDynamoChangeStore(options: TableOptions): ChangeStore {
  const table = openTable(options);
  const link = async (from: string, edge: ChangeEdge, at: Date): Promise<void> => {
    const sk = `${edge.kind}#${digestOf(edge.to, 40)}`;
    await table.put({ pk: edgesFrom(from), sk, version: 1, ...edge, at: at.toISOString(), expiresAt: expiryOf(at) });
  };
  return {
    link,
    async record(change) {
      const at = new Date(change.at);
      const sk = `${change.at}#${digestOf(`${change.id}#${change.state}`, 16)}`;
      await Promise.all([
        ...change.places.map((place) => table.put({ pk: partitionOf(place), sk, ...change, expiresAt: expiryOf(at) })),
        ...change.edges.map((edge) => link(change.id, edge, at)),
      ]);
    },
    async at(place, { from, until, limit }) {
      const first = from.toISOString();
      const items = await table.query(partitionOf(place), { after: first, newestFirst: true, limit });
      return items.map(changeFrom).filter(({ at }) => at >= first && at <= until.toISOString());
    },
    async edgesOf(id) {
      const items = await table.query(edgesFrom(id));
      return items.map((item) => {
        const { at: _at, version: _version, ...edge } = withoutStorage(item);
        return parseRecord(ChangeEdge, edge, `edge of ${id}`);
      });
    },
  };
}

const expiryOf = (at: Date): number => ttlOf(new Date(at.getTime() + KEPT_DAYS * DAY));

function changeFrom(item: Item): Change {
  return parseRecord(Change, withoutStorage(item), `change ${String(item.sk)}`);
}
