import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { HealingWatch } from '#shared/domain/learning/healing.ts';
import type { HealingStore } from '#shared/ports/learning-stores.ts';
import { systemClock } from '../system/clock.ts';
import { DEFAULT_RETENTION } from './dynamo-incident-store.ts';
import { retaining } from './dynamo-retention.ts';
import { dynamoClient, type Item, type Key, openItems, openTable, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const keyOf = (key: string): Key => ({ pk: `HEALING#${key}`, sk: 'WATCH' });
/** Attributes for the sparse index `open`: the due date, as long as it is watched. */
const WATCHED = 'HEALING';

/** In the Incidents table: `HEALING#<fingerprint key>`, in the index `open` while it is watched. */
export function makeDynamoHealingStore(options: {
  readonly table: string;
  readonly retention?: Configuration['retention'];
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}): HealingStore {
  const { table: name, retention = DEFAULT_RETENTION, client = dynamoClient(), clock = systemClock } = options;
  const table = retaining(openTable({ table: name, client }), retention.incidentDays, clock);
  return {
    watch: (watch) => beginWatch(table, watch),
    recur: async (key, incidentId, at) => {
      // Most failures were never healed, and a read costs less than a refused write.
      if ((await table.get(keyOf(key))) === null) return null;
      const item = await table.update(keyOf(key), {
        update: 'SET #state = :recurred, recurredAs = :as, recurredAt = :at REMOVE openPk',
        condition: '#state = :watching AND dueAt > :at',
        names: { '#state': 'state' },
        values: { ':recurred': 'recurred', ':watching': 'watching', ':as': incidentId, ':at': at.toISOString() },
      });
      if (item !== null) return watchOf(item);
      const known = await table.get(keyOf(key));
      const watch = known && watchOf(known);
      return watch?.state === 'recurred' && watch.recurredAs === incidentId ? watch : null;
    },
    due: async (at, limit) => {
      const items = await openItems({ table: name, client }, { partition: WATCHED, until: at, limit });
      return items.map(watchOf).filter(({ state, dueAt }) => state === 'watching' && dueAt <= at.toISOString());
    },
    settle: async ({ key, incidentId, attempt }) => {
      await table.update(keyOf(key), {
        update: 'SET #state = :healed REMOVE openPk',
        condition: '#state = :watching AND incidentId = :id AND attempt = :attempt',
        names: { '#state': 'state' },
        values: { ':healed': 'healed', ':watching': 'watching', ':id': incidentId, ':attempt': attempt },
      });
    },
  };
}

async function beginWatch(table: Table, watch: HealingWatch): Promise<void> {
  const record = HealingWatch.parse(watch);
  await table.put(
    { ...keyOf(record.key), ...record, openPk: WATCHED, updatedAt: record.dueAt },
    {
      condition: 'attribute_not_exists(pk) OR NOT (incidentId = :id AND attempt = :attempt)',
      values: { ':id': record.incidentId, ':attempt': record.attempt },
    },
  );
}

function watchOf(item: Item): HealingWatch {
  const { updatedAt, ...record } = withoutStorage(item);
  return parseRecord(HealingWatch, record, `Watch ${String(item.pk)}`);
}
