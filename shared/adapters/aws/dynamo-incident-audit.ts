import * as z from 'zod';
import { chainEntry } from '#shared/domain/audit/audit-chain.ts';
import { AuditLink, TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { AuditEntry } from '#shared/domain/audit/audit-event.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { type Item, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const AuditRecord = z.strictObject({
  version: z.literal(2),
  ...TrailEntry.pick({ key: true, at: true, event: true, facts: true }).shape,
  ...AuditLink.shape,
});

/** Sort key of an entry. */
const placeOf = (sequence: number): string => `ENTRY#${String(sequence).padStart(9, '0')}`;
/** Maximum concurrent writers of one incident that may be faster, one after the other. */
const MAX_RACES = 25;

/**
 * The audit trail, in its own partition. An entry is written after the last one, on the condition that the position is
 * free: of two writers one is first, and the other reads again and follows. So entries form one chain, and an entry
 * with an existing key is never written again. Roles can read the trail and append to it, but change nothing.
 */
export function dynamoAudit(table: Table): Pick<IncidentStore, 'audit'> & AuditReader {
  const read = async (incidentId: string): Promise<TrailEntry[]> =>
    (await table.query(`AUDIT#${incidentId}`)).map((item) => entryOf(incidentId, item));
  return {
    audit: async (incidentId, key, entry) => {
      for (let races = 0; races < MAX_RACES; races += 1) {
        const trail = await read(incidentId);
        if (trail.some((known) => known.key === key)) return;
        const last = trail.at(-1)?.link ?? null;
        if (await append(table, chainEntry({ incidentId, key, last }, AuditEntry.parse(entry)))) return;
      }
      throw new Retryable(
        `Could not append to the audit trail of incident ${incidentId}: too many concurrent writers.`,
      );
    },
    auditTrail: read,
  };
}

function append(table: Table, { incidentId, key, at, event, facts, link }: ReturnType<typeof chainEntry>) {
  const record = AuditRecord.parse({ version: 2, key, at, event, facts, ...link });
  const place = { pk: `AUDIT#${incidentId}`, sk: placeOf(link.sequence) };
  return table.put({ ...place, ...record }, { condition: 'attribute_not_exists(pk)' });
}

function entryOf(incidentId: string, item: Item): TrailEntry {
  const what = `Audit entry ${String(item.pk)} ${String(item.sk)}`;
  const record = parseRecord(AuditRecord, withoutStorage(item), what);
  const { key, at, event, facts, sequence, previous, digest } = record;
  return { incidentId, key, at, event, facts, link: { sequence, previous, digest } };
}
