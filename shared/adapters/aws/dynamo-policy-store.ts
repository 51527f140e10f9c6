import { CorruptRecord, Refused } from '@selfheal/kernel/errors.ts';
import { PolicyOverlay } from '#shared/domain/configuration/overlay.ts';
import type { PolicyStore } from '#shared/ports/policy-store.ts';
import { type Item, type Key, openTable, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

export const POLICY_PARTITION = 'POLICY';

const keyOf = (revision: number): Key => ({
  pk: POLICY_PARTITION,
  sk: `REVISION#${String(revision).padStart(9, '0')}`,
});

/**
 * In the Control table: one item for each revision, all in one partition, none of them ever overwritten. The newest counts, so that one
 * conditional write is the change, its lock and its history.
 */
export function makeDynamoPolicyStore(options: TableOptions): PolicyStore {
  const table = openTable(options);
  return {
    current: async () => {
      let revision: number | null = null;
      try {
        const [item] = await table.query(POLICY_PARTITION, { newestFirst: true, limit: 1 });
        if (item === undefined) return { kind: 'none' };
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

function numberOf({ sk }: Item): number | null {
  const found = /^REVISION#(\d{9})$/.exec(String(sk));
  return found === null ? null : Number(found[1]);
}

function overlayFrom(item: Item): PolicyOverlay {
  const overlay = parseRecord(PolicyOverlay, withoutStorage(item), `The policy ${String(item.sk)}`);
  if (overlay.revision === numberOf(item)) return overlay;
  throw new CorruptRecord(`The policy ${String(item.sk)} says that it is revision ${overlay.revision}.`);
}
