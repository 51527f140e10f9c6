import { Deletion, type Deletions } from '#shared/ports/held-data.ts';
import { type Key, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** How long a deletion that nobody goes on with is remembered. */
const KEPT_DAYS = 90;
const keyOf = (repository: string): Key => ({ pk: `DELETION#${repository}`, sk: 'META' });

/** In the Control table: one item for each repository whose deletion has not ended. */
export function makeDynamoDeletions(options: TableOptions): Deletions {
  const table = openTable(options);
  return {
    get: async (repository) => {
      const item = await table.get(keyOf(repository));
      return item && parseRecord(Deletion, withoutStorage(item), `The deletion of ${repository}`);
    },
    put: async (deletion) => {
      const expiresAt = ttlOf(new Date(Date.parse(deletion.startedAt) + KEPT_DAYS * 24 * 3600 * 1000));
      await table.put({ ...keyOf(deletion.repository), ...Deletion.parse(deletion), expiresAt });
    },
    end: async (repository) => {
      await table.remove(keyOf(repository), { condition: 'attribute_exists(pk)' });
    },
  };
}
