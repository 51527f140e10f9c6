import { Delegation } from '#shared/domain/policy/approval-levels.ts';
import type { DelegationStore } from '#shared/ports/approval-queue.ts';
import { openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** How long an expired delegation is kept, to answer who could approve then. */
const KEPT_DAYS = 400;
const DAY = 24 * 3600 * 1000;

/** In the Incidents table: `DELEGATION#<deputy>`, one item per delegating person. */
export function makeDynamoDelegationStore(options: TableOptions): DelegationStore {
  const table = openTable(options);
  return {
    put: async (delegation) => {
      const record = Delegation.parse(delegation);
      const expiresAt = ttlOf(new Date(Date.parse(record.until) + KEPT_DAYS * DAY));
      await table.put({ pk: `DELEGATION#${record.to}`, sk: record.from, ...record, expiresAt });
    },
    inForce: async (to, at) => {
      const items = await table.query(`DELEGATION#${to.toLowerCase()}`);
      const now = at.toISOString();
      return items
        .map((item) => parseRecord(Delegation, withoutStorage(item), `Delegation ${String(item.pk)}`))
        .filter(({ createdAt, until }) => createdAt <= now && now < until);
    },
  };
}
