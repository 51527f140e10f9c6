import { Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import {
  ACCESS_TRAIL,
  AccessEvent,
  DATA_TRAIL,
  DataEvent,
  POLICY_TRAIL,
  PolicyEvent,
} from '#shared/domain/audit/access-event.ts';
import { chainEntry } from '#shared/domain/audit/audit-chain.ts';
import { AuditLink, TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { AuditEntry } from '#shared/domain/audit/audit-event.ts';
import type { AccessTrail } from '#shared/ports/access.ts';
import type { AuditReader, PolicyTrail } from '#shared/ports/audit-reader.ts';
import type { DataTrail } from '#shared/ports/held-data.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { type Item, openTable, type Table, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const AuditRecord = z.strictObject({
  version: z.literal(2),
  ...TrailEntry.pick({ key: true, at: true, event: true, facts: true }).shape,
  ...AuditLink.shape,
});

/** Sort key of an entry. */
const placeOf = (sequence: number): string => `ENTRY#${String(sequence).padStart(9, '0')}`;
/** Maximum concurrent writers of one trail that may be faster, one after the other. */
const MAX_RACES = 25;

/** Trails as they were last seen, by id. Another writer makes the next append fail, and the trail is read again. */
type KnownTrails = Map<string, readonly TrailEntry[]>;

/** The audit trail of each incident. With `known`, an append reads only a trail that is not in it. */
export function dynamoAudit(table: Table, known?: KnownTrails): Pick<IncidentStore, 'audit'> & AuditReader {
  return {
    audit: async (incidentId, key, entry) =>
      appendToTrail(table, incidentId, { key, ...AuditEntry.parse(entry) }, known),
    auditTrail: (incidentId) => readTrail(table, incidentId),
  };
}

/** The audit trail of who may call the API, in the Control table. */
export function makeDynamoAccessTrail(options: TableOptions): AccessTrail & AuditReader {
  const table = openTable(options);
  return {
    append: async (key, event) => appendToTrail(table, ACCESS_TRAIL, { key, ...AccessEvent.parse(event) }),
    auditTrail: (trailId) => readTrail(table, trailId),
  };
}

/** The audit trail of what was changed at run time, in the Control table. */
export function makeDynamoPolicyTrail(options: TableOptions): PolicyTrail & AuditReader {
  const table = openTable(options);
  return {
    append: async (key, event) => appendToTrail(table, POLICY_TRAIL, { key, ...PolicyEvent.parse(event) }),
    newest: async (limit) => {
      const items = await table.query(`AUDIT#${POLICY_TRAIL}`, { newestFirst: true, limit });
      return items.map((item) => entryOf(POLICY_TRAIL, item));
    },
    auditTrail: (trailId) => readTrail(table, trailId),
  };
}

/** The audit trail of what was deleted on request, in the Control table. */
export function makeDynamoDataTrail(options: TableOptions): DataTrail {
  const table = openTable(options);
  return {
    append: async (key, event) => appendToTrail(table, DATA_TRAIL, { key, ...DataEvent.parse(event) }),
    auditTrail: (trailId) => readTrail(table, trailId),
  };
}

/**
 * A trail has a partition of its own. An entry is written after the last one, on the condition that the position is
 * free: of two writers one is first, and the other reads again and follows. So entries form one chain, and an entry
 * with an existing key is never written again. Roles can read the trail and append to it, but change nothing.
 */
async function appendToTrail(
  table: Table,
  trailId: string,
  { key, ...entry }: { readonly key: string } & (AuditEntry | AccessEvent | PolicyEvent | DataEvent),
  known: KnownTrails = new Map(),
): Promise<void> {
  // A trail begins with this event; where it does not, the first position is taken and the trail is read.
  let expected = known.get(trailId) ?? (entry.event === 'incident.opened' ? [] : undefined);
  for (let races = 0; races < MAX_RACES; races += 1) {
    const trail = expected ?? (await readTrail(table, trailId));
    expected = undefined;
    known.delete(trailId);
    if (trail.some((other) => other.key === key)) return;
    const last = trail.at(-1)?.link ?? null;
    const added = chainEntry({ incidentId: trailId, key, last }, entry);
    if (!(await append(table, added))) continue;
    known.set(trailId, [...trail, added]);
    return;
  }
  throw new Retryable(`Could not append to the audit trail ${trailId}: too many concurrent writers.`);
}

async function readTrail(table: Table, trailId: string): Promise<TrailEntry[]> {
  return (await table.query(`AUDIT#${trailId}`)).map((item) => entryOf(trailId, item));
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
