import * as z from 'zod';
import { chainEntry, isChained } from '#shared/domain/audit/audit-chain.ts';
import { AuditEntry, AuditLink, type TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { type Item, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** Of before trails were chained: named by its key. */
const UnchainedRecord = AuditEntry.extend({ version: z.literal(1) });
const ChainedRecord = AuditEntry.extend({ version: z.literal(2), key: z.string().min(1), ...AuditLink.shape });
const AuditRecord = z.discriminatedUnion('version', [UnchainedRecord, ChainedRecord]);

/** Sort key of a chained entry; the key of no entry begins like this. */
const placeOf = (sequence: number): string => `ENTRY#${String(sequence).padStart(9, '0')}`;
/** Writers of one incident that may be faster, one after the other. */
const MOST_RACES = 25;

/**
 * The audit trail, in a partition of its own. An entry is put at the place behind the last one, on the condition that the place is free:
 * of two writers one is first, and the other reads again and follows. So entries form one chain, and one that is there by its key is
 * never written a second time. Roles can read the trail and append to it, and change nothing in it.
 */
export function dynamoAudit(table: Table): Pick<IncidentStore, 'audit' | 'listAudit' | 'auditTrail'> {
  const read = async (incidentId: string): Promise<TrailEntry[]> =>
    (await table.query(`AUDIT#${incidentId}`)).map((item) => entryOf(incidentId, item)).sort(inOrder);
  return {
    audit: async (incidentId, key, entry) => {
      for (let races = 0; races < MOST_RACES; races += 1) {
        const trail = await read(incidentId);
        if (trail.some((known) => known.key === key)) return;
        const last = trail.findLast(isChained)?.link ?? null;
        if (await append(table, chainEntry({ incidentId, key, last }, AuditEntry.parse(entry)))) return;
      }
      throw new Retryable(`The audit trail of incident ${incidentId} is written by many at once.`);
    },
    listAudit: async (incidentId) => (await read(incidentId)).map(({ at, event, facts }) => ({ at, event, facts })),
    auditTrail: read,
  };
}

function append(table: Table, { incidentId, key, at, event, facts, link }: ReturnType<typeof chainEntry>) {
  const record = ChainedRecord.parse({ version: 2, key, at, event, facts, ...link });
  const place = { pk: `AUDIT#${incidentId}`, sk: placeOf(link.sequence) };
  return table.put({ ...place, ...record }, { condition: 'attribute_not_exists(pk)' });
}

/** What is not chained is older than what is. */
function inOrder(a: TrailEntry, b: TrailEntry): number {
  if (a.link !== null && b.link !== null) return a.link.sequence - b.link.sequence;
  if (a.link !== null || b.link !== null) return a.link === null ? -1 : 1;
  return a.at + a.key < b.at + b.key ? -1 : 1;
}

function entryOf(incidentId: string, item: Item): TrailEntry {
  const what = `Audit entry ${String(item.pk)} ${String(item.sk)}`;
  const record = parseRecord(AuditRecord, withoutStorage(item), what);
  const { at, event, facts } = record;
  if (record.version === 1) return { incidentId, key: String(item.sk), at, event, facts, link: null };
  const { key, sequence, previous, digest } = record;
  return { incidentId, key, at, event, facts, link: { sequence, previous, digest } };
}
