import { ApiKey, KEY_USE_SECONDS } from '#shared/domain/access/api-key.ts';
import type { ApiKeyStore } from '#shared/ports/access.ts';
import { type Item, type Key, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

export const API_KEY_PARTITION = 'APIKEY';
/** How long an expired key is kept, to answer whose it was. */
const KEPT_DAYS = 366;
const DAY = 24 * 3600 * 1000;

const keyOf = (id: string): Key => ({ pk: API_KEY_PARTITION, sk: id });

/** In the Control table: one item for each key, all in one partition. One key is a read of one item, the list a query of the partition. */
export function makeDynamoApiKeyStore(options: TableOptions): ApiKeyStore {
  const table = openTable(options);
  const read = async (id: string): Promise<ApiKey | null> => {
    const item = await table.get(keyOf(id));
    return item && keyFrom(item);
  };
  return {
    get: read,
    list: async () => (await table.query(API_KEY_PARTITION)).map(keyFrom),
    create: async (key) => {
      // The table's own attribute `expiresAt` is when the item is deleted.
      const { expiresAt: validUntil, ...record } = ApiKey.parse(key);
      const expiresAt = ttlOf(new Date(Date.parse(validUntil) + KEPT_DAYS * DAY));
      return table.putOnce(
        { ...keyOf(key.id), ...record, validUntil, expiresAt },
        { condition: 'attribute_not_exists(pk)' },
      );
    },
    noteUse: async (id, at) => {
      await table.update(keyOf(id), {
        update: 'SET lastUsedAt = :at',
        condition: 'attribute_exists(pk) AND (lastUsedAt = :never OR lastUsedAt <= :before)',
        values: {
          ':at': at.toISOString(),
          ':never': null,
          ':before': new Date(at.getTime() - KEY_USE_SECONDS * 1000).toISOString(),
        },
      });
    },
    revoke: async (id, by, at) => {
      const revoked = await table.update(keyOf(id), {
        update: 'SET revokedAt = :at, revokedBy = :by',
        condition: 'attribute_exists(pk) AND revokedAt = :never',
        values: { ':at': at.toISOString(), ':by': by, ':never': null },
      });
      return revoked === null ? read(id) : keyFrom(revoked);
    },
  };
}

function keyFrom(item: Item): ApiKey {
  const { validUntil: expiresAt, ...record } = withoutStorage(item);
  return parseRecord(ApiKey, { ...record, expiresAt }, `API key ${String(item.sk)}`);
}
