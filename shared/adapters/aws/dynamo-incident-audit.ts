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

/** Where the entries of a trail lie: partition, and the beginning of their sort keys. */
interface TrailPlace {
  readonly pk: string;
  readonly prefix: string;
}
/** An incident's trail lies with its other records, so that one query reads both. */
const ownPlace = (incidentId: string): TrailPlace => ({ pk: `INC#${incidentId}`, prefix: 'TRAIL#' });
/** Trails that are no incident's, and those of incidents that an earlier version opened, which stay there to their end. */
const apartPlace = (trailId: string): TrailPlace => ({ pk: `AUDIT#${trailId}`, prefix: 'ENTRY#' });
const keyOf = ({ pk, prefix }: TrailPlace, sequence: number) => ({
  pk,
  sk: `${prefix}${String(sequence).padStart(9, '0')}`,
});
/** Maximum concurrent writers of one trail that may be faster, one after the other. */
const MAX_RACES = 25;

interface Trail {
  readonly place: TrailPlace;
  readonly entries: readonly TrailEntry[];
}
/** Trails as they were last seen, by id. Another writer makes the next append fail, and the trail is read again. */
type KnownTrails = Map<string, Trail>;

/** Incidents that this process has just created: their trails are empty. */
export interface CreatedIncidents {
  add(incidentId: string): void;
  /** Whether it was; once. */
  take(incidentId: string): boolean;
}
const MAX_CREATED = 100;

export function createdIncidents(): CreatedIncidents {
  const ids = new Set<string>();
  return {
    add: (id) => {
      if (ids.size >= MAX_CREATED) ids.clear();
      ids.add(id);
    },
    take: (id) => ids.delete(id),
  };
}

interface AuditOptions {
  /** For one step: an append reads only a trail that is not in it. */
  readonly known?: KnownTrails;
  readonly created?: CreatedIncidents;
  /** Answers the first read of a trail, perhaps with what was read before; the table itself by default. */
  readonly lists?: Pick<Table, 'query'>;
}

/** The audit trail of each incident. */
export function dynamoAudit(
  table: Table,
  { known, created, lists = table }: AuditOptions = {},
): Pick<IncidentStore, 'audit'> & AuditReader {
  return {
    audit: async (incidentId, key, entry) => {
      const trails: KnownTrails = known ?? new Map();
      if (created?.take(incidentId)) trails.set(incidentId, { place: ownPlace(incidentId), entries: [] });
      const read = (isAgain: boolean) => readIncidentTrail(isAgain ? table : lists, incidentId);
      await appendToTrail(table, incidentId, { key, ...AuditEntry.parse(entry) }, { known: trails, read });
    },
    auditTrail: async (incidentId) => [...(await readIncidentTrail(table, incidentId)).entries],
  };
}

/** The trail with the incident's records, else the one apart from them. */
async function readIncidentTrail(table: Pick<Table, 'query'>, incidentId: string): Promise<Trail> {
  const own = await readTrail(table, incidentId, ownPlace(incidentId));
  if (own.entries.length > 0) return own;
  const former = await readTrail(table, incidentId, apartPlace(incidentId));
  return former.entries.length > 0 ? former : own;
}

/** The audit trail of who may call the API, in the Control table. */
export function makeDynamoAccessTrail(options: TableOptions): AccessTrail & AuditReader {
  const table = openTable(options);
  return {
    append: async (key, event) => appendApart(table, ACCESS_TRAIL, { key, ...AccessEvent.parse(event) }),
    auditTrail: (trailId) => entriesApart(table, trailId),
  };
}

/** The audit trail of what was changed at run time, in the Control table. */
export function makeDynamoPolicyTrail(options: TableOptions): PolicyTrail & AuditReader {
  const table = openTable(options);
  return {
    append: async (key, event) => appendApart(table, POLICY_TRAIL, { key, ...PolicyEvent.parse(event) }),
    newest: async (limit) => {
      const items = await table.query(`AUDIT#${POLICY_TRAIL}`, { newestFirst: true, limit });
      return items.map((item) => entryOf(POLICY_TRAIL, item));
    },
    auditTrail: (trailId) => entriesApart(table, trailId),
  };
}

/** The audit trail of what was deleted on request, in the Control table. */
export function makeDynamoDataTrail(options: TableOptions): DataTrail {
  const table = openTable(options);
  return {
    append: async (key, event) => appendApart(table, DATA_TRAIL, { key, ...DataEvent.parse(event) }),
    auditTrail: (trailId) => entriesApart(table, trailId),
  };
}

const readApart = (table: Table, trailId: string): Promise<Trail> => readTrail(table, trailId, apartPlace(trailId));

async function entriesApart(table: Table, trailId: string): Promise<TrailEntry[]> {
  return [...(await readApart(table, trailId)).entries];
}

async function appendApart(
  table: Table,
  trailId: string,
  entry: { readonly key: string } & (AccessEvent | PolicyEvent | DataEvent),
): Promise<void> {
  await appendToTrail(table, trailId, entry, { known: new Map(), read: () => readApart(table, trailId) });
}

/**
 * An entry is written after the last one, on the condition that the position is free: of two writers one is first, and the other reads again and
 * follows. So entries form one chain, and an entry with an existing key is never written again.
 */
async function appendToTrail(
  table: Table,
  trailId: string,
  { key, ...entry }: { readonly key: string } & (AuditEntry | AccessEvent | PolicyEvent | DataEvent),
  { known, read }: { readonly known: KnownTrails; readonly read: (isAgain: boolean) => Promise<Trail> },
): Promise<void> {
  let expected = known.get(trailId);
  for (let races = 0; races < MAX_RACES; races += 1) {
    const { place, entries } = expected ?? (await read(races > 0));
    expected = undefined;
    known.delete(trailId);
    if (entries.some((other) => other.key === key)) return;
    const last = entries.at(-1)?.link ?? null;
    const added = chainEntry({ incidentId: trailId, key, last }, entry);
    if (!(await append(table, place, added))) continue;
    known.set(trailId, { place, entries: [...entries, added] });
    return;
  }
  throw new Retryable(`Could not append to the audit trail ${trailId}: too many concurrent writers.`);
}

async function readTrail(table: Pick<Table, 'query'>, trailId: string, place: TrailPlace): Promise<Trail> {
  const items = await table.query(place.pk, { prefix: place.prefix });
  return { place, entries: items.map((item) => entryOf(trailId, item)) };
}

function append(table: Table, place: TrailPlace, { key, at, event, facts, link }: ReturnType<typeof chainEntry>) {
  const record = AuditRecord.parse({ version: 2, key, at, event, facts, ...link });
  return table.put({ ...keyOf(place, link.sequence), ...record }, { condition: 'attribute_not_exists(pk)' });
}

function entryOf(incidentId: string, item: Item): TrailEntry {
  const what = `Audit entry ${String(item.pk)} ${String(item.sk)}`;
  const record = parseRecord(AuditRecord, withoutStorage(item), what);
  const { key, at, event, facts, sequence, previous, digest } = record;
  return { incidentId, key, at, event, facts, link: { sequence, previous, digest } };
}
