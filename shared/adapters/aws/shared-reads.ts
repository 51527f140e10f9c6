import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { Item, Key, Table } from './dynamo-table.ts';

/** What was read of a partition, and the kinds of its records that the step has written since. */
interface WholePartition {
  readonly items: Promise<Item[]>;
  readonly stale: Set<string>;
}

/** `ROUND` of `ROUND#000001#000#1`. */
const kindOf = (sk: unknown): string => String(sk).split('#')[0] ?? '';

/**
 * The same table for one step of the workflow: an incident and its lists (plans, actions, approvals, notifications, audit trail) lie in one partition,
 * so they are read by one query, at the first of them, and a list again after the step itself has written to it. The first `get` of a record may be
 * answered by that query; a second one is a new read. Everything else is read as before.
 */
export function sharingLists(table: Table): Table {
  const lists = new Map<string, WholePartition>();
  /** Records that the step has read by their key, or written to. */
  const asked = new Set<string>();
  const wholeOf = (pk: string, kind: string): Promise<Item[]> => {
    const known = lists.get(pk);
    if (known !== undefined && !known.stale.has(kind)) return known.items;
    const items = table.query(pk);
    const read: WholePartition = { items, stale: new Set() };
    lists.set(pk, read);
    // The next list tries again.
    items.catch(() => {
      if (lists.get(pk) === read) lists.delete(pk);
    });
    return items;
  };
  const writing = async <T>({ pk, sk }: Key, write: Promise<T>): Promise<T> => {
    asked.add(`${pk} ${sk}`);
    try {
      return await write;
    } finally {
      lists.get(pk)?.stale.add(kindOf(sk));
    }
  };
  return {
    ...table,
    get: async ({ pk, sk }) => {
      const isFirst = pk.startsWith('INC#') && !asked.has(`${pk} ${sk}`);
      asked.add(`${pk} ${sk}`);
      if (!isFirst) return table.get({ pk, sk });
      return (await wholeOf(pk, kindOf(sk))).find((item) => item.sk === sk) ?? null;
    },
    query: async (pk, range = {}) => {
      const { prefix, after, newestFirst, limit } = range;
      const isList = pk.startsWith('INC#') && prefix !== undefined;
      if (!isList || after !== undefined || newestFirst === true || limit !== undefined) return table.query(pk, range);
      return (await wholeOf(pk, kindOf(prefix))).filter(({ sk }) => String(sk).startsWith(prefix));
    },
    put: (item, condition) => writing(item, table.put(item, condition)),
    putOnce: (item, condition) => writing(item, table.putOnce(item, condition)),
    update: (key, update) => writing(key, table.update(key, update)),
    updateOnce: (key, update) => writing(key, table.updateOnce(key, update)),
    remove: (key, condition) => writing(key, table.remove(key, condition)),
  };
}

/** The same store for one step of the workflow: what several parts of it read is read once. */
export function sharingEvidence(store: EvidenceStore): EvidenceStore {
  const read = <T>(get: (incidentId: string) => Promise<T>) => {
    const known = new Map<string, Promise<T>>();
    return {
      forget: (incidentId: string) => known.delete(incidentId),
      get: (incidentId: string): Promise<T> => {
        const found = known.get(incidentId) ?? get(incidentId);
        known.set(incidentId, found);
        found.catch(() => known.delete(incidentId));
        return found;
      },
    };
  };
  const evidence = read(store.getEvidence);
  const telemetry = read(store.getTelemetry);
  const known = read(store.getKnown);
  const diagnosis = read(store.getDiagnosis);
  return {
    ...store,
    getEvidence: evidence.get,
    getTelemetry: telemetry.get,
    getKnown: known.get,
    getDiagnosis: diagnosis.get,
    putEvidence: (given) => store.putEvidence(given).finally(() => evidence.forget(given.incidentId)),
    putTelemetry: (id, given) => store.putTelemetry(id, given).finally(() => telemetry.forget(id)),
    putKnown: (given) => store.putKnown(given).finally(() => known.forget(given.incidentId)),
    putDiagnosis: (id, given) => store.putDiagnosis(id, given).finally(() => diagnosis.forget(id)),
  };
}
