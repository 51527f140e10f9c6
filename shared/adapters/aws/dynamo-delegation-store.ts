import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Delegation } from '#shared/domain/policy/delegation.ts';
import type { DelegationStore } from '#shared/ports/delegation-store.ts';
import { dynamoClient } from './dynamo-client.ts';
import { openTable, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** After its end a delegation is kept for those who ask who could approve then. */
const KEPT_DAYS = 400;
const DAY = 24 * 3600 * 1000;

/** In the Incidents table: `DELEGATION#<who gets it>`, one item for each who gives it. */
export function makeDynamoDelegationStore(options: {
  readonly table: string;
  readonly client?: DynamoDBDocumentClient;
}): DelegationStore {
  const table = openTable({ table: options.table, client: options.client ?? dynamoClient() });
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
