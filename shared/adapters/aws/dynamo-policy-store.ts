import { CorruptRecord, Refused } from '@selfheal/kernel/errors.ts';
import { PolicyOverlay } from '#shared/domain/configuration/overlay.ts';
import type { PolicyStore } from '#shared/ports/policy-store.ts';
import { type Item, type Key, openTable, type Table, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

export const POLICY_PARTITION = 'POLICY';

const keyOf = (revision: number): Key => ({
  pk: POLICY_PARTITION,
  sk: `REVISION#${String(revision).padStart(9, '0')}`,
});

/**
 * In the Control table: one item for each revision, all in one partition, none of them ever overwritten or left out. The newest counts, so that one
 * conditional write is the change, its lock and its history.
 */
export function makeDynamoPolicyStore(options: TableOptions): PolicyStore {
  const table = openTable(options);
  const newest = options.readsTogether === true ? newestByNumber(table) : () => newestOf(table);
  return {
    current: async () => {
      let revision: number | null = null;
      try {
        const item = await newest();
        if (item === null) return { kind: 'none' };
        revision = numberOf(item);
        return { kind: 'stored', overlay: overlayFrom(item) };
      } catch (error) {
        if (!(error instanceof CorruptRecord || error instanceof Refused)) throw error;
        return { kind: 'unreadable', reason: error.message, revision };
      }
    },
    revision: async (revision) => {
      const item = await table.get(keyOf(revision));
      return item && overlayFrom(item);
    },
    add: async (overlay) =>
      table.putOnce(
        { ...keyOf(overlay.revision), ...PolicyOverlay.parse(overlay) },
        { condition: 'attribute_not_exists(pk)' },
      ),
  };
}

async function newestOf(table: Table): Promise<Item | null> {
  const [item] = await table.query(POLICY_PARTITION, { newestFirst: true, limit: 1 });
  return item ?? null;
}

/**
 * Reads the newest revision by its key, so that it comes with other records of the table: the newest that was seen, and the one that would follow it.
 * Only while nothing follows is it still the newest; else they are asked for in order.
 */
function newestByNumber(table: Table): () => Promise<Item | null> {
  let seen = 0;
  return async () => {
    const expected = seen;
    const items = await table.getAll([...(expected === 0 ? [] : [keyOf(expected)]), keyOf(expected + 1)]);
    const [item] = items;
    const isNewest = item === undefined ? expected === 0 : items.length === 1 && numberOf(item) === expected;
    if (isNewest) return item ?? null;
    const newest = await newestOf(table);
    seen = newest === null ? 0 : (numberOf(newest) ?? 0);
    return newest;
  };
}

function numberOf({ sk }: Item): number | null {
  const found = /^REVISION#(\d{9})$/.exec(String(sk));
  return found === null ? null : Number(found[1]);
}

function overlayFrom(item: Item): PolicyOverlay {
  const overlay = parseRecord(PolicyOverlay, withoutStorage(item), `The policy ${String(item.sk)}`);
  if (overlay.revision === numberOf(item)) return overlay;
  throw new CorruptRecord(`The policy ${String(item.sk)} says that it is revision ${overlay.revision}.`);
}
