import * as z from 'zod';
import type { AuditEntry, IncidentStore } from '#shared/ports/incident-store.ts';
import { type Item, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const AuditRecord = z.strictObject({
  version: z.literal(1),
  at: z.iso.datetime({ offset: true }),
  event: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/**
 * The audit trail, in its own partition so that a role can be given `PutItem` there and nothing else. The key alone is the
 * sort key: a repeat at a later time meets the first entry and leaves it.
 */
export function dynamoAudit(table: Table): Pick<IncidentStore, 'audit' | 'listAudit'> {
  return {
    audit: async (incidentId, key, entry) => {
      const record = AuditRecord.parse({ version: 1, ...entry });
      await table.put({ pk: `AUDIT#${incidentId}`, sk: key, ...record }, { condition: 'attribute_not_exists(pk)' });
    },
    listAudit: async (incidentId) => {
      const items = await table.query(`AUDIT#${incidentId}`);
      return items
        .map((item) => ({ key: String(item.sk), entry: entryOf(item) }))
        .sort((a, b) => (a.entry.at + a.key < b.entry.at + b.key ? -1 : 1))
        .map(({ entry }) => entry);
    },
  };
}

function entryOf(item: Item): AuditEntry {
  const what = `Audit entry ${String(item.pk)} ${String(item.sk)}`;
  const { version, ...entry } = parseRecord(AuditRecord, withoutStorage(item), what);
  return entry;
}
