import { digestOf } from '@selfheal/kernel/digest.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import {
  type Item,
  type Key,
  openTable,
  type Table,
  type TableOptions,
  ttlOf,
  withoutStorage,
} from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** Incidents stored per entry, so that each counts once; after this many the counters are precise enough. */
const COUNTED_INCIDENTS = 1000;
/** Past incidents, and entries without a new outcome, are recalled for a year and deleted some days later. */
const RECALLED_MS = 400 * 24 * 60 * 60 * 1000;
const entryKey = (fingerprint: string, scope: string): Key => ({
  pk: `FINGERPRINT#${scope}#${fingerprint}`,
  sk: 'ENTRY',
});
const pastPartition = (scope: string): string => `PAST#${scope}`;
const learnedPartition = (scope: string): string => `LEARNED#${scope}`;

/**
 * Knowledge table: the entry in `FINGERPRINT#<scope>#<fingerprint>`, and in `LEARNED#<scope>` a pointer to it for every
 * outcome, by time. Past incidents are in `PAST#<scope>` by the time they ended.
 */
export function makeDynamoKnowledgeStore(options: TableOptions): KnowledgeStore {
  const table = openTable(options);
  return {
    findByFingerprint: async (fingerprint, scope) => {
      const item = await table.get(entryKey(fingerprint, scope));
      return item && entryOf(item);
    },
    learned: async (scope, range) => {
      const pointers = await table.query(learnedPartition(scope), newestFirst(range));
      const fingerprints = new Set(pointers.map(({ sk }) => String(sk).split('#').at(-1) ?? ''));
      const items = await table.getAll([...fingerprints].map((fingerprint) => entryKey(fingerprint, scope)));
      return items.map(entryOf).sort(lastChangedFirst);
    },
    recordOutcome: async (entry, incidentId, outcome, at, scope) => {
      const fingerprint = entry.fingerprints[0];
      if (fingerprint === undefined) throw new InvalidInput(`Knowledge entry ${entry.id} has no fingerprint.`);
      await countOutcome(
        table,
        entryKey(fingerprint, scope),
        { ...entry, updatedAt: at.toISOString() },
        incidentId,
        outcome,
      );
      // Written every time: if a process died between the two writes, its repeat completes them.
      const expiresAt = ttlOf(new Date(at.getTime() + RECALLED_MS));
      await table.put({ pk: learnedPartition(scope), sk: `${at.toISOString()}#${fingerprint}`, expiresAt });
    },
    remember: async (past, scope) => {
      const record = PastIncident.parse(past);
      const expiresAt = ttlOf(new Date(Date.parse(past.endedAt) + RECALLED_MS));
      await table.put({ ...record, pk: pastPartition(scope), sk: `${past.endedAt}#${past.id}`, expiresAt });
    },
    remembered: async (scope, range) => {
      const items = await table.query(pastPartition(scope), newestFirst(range));
      // One unreadable record is skipped: it is only one of many.
      return items.flatMap((item) => PastIncident.safeParse(withoutStorage(item)).data ?? []);
    },
  };
}

async function countOutcome(
  table: Table,
  key: Key,
  entry: KnowledgeEntry & { readonly updatedAt: string },
  incidentId: string,
  outcome: 'success' | 'failure',
): Promise<void> {
  const { successes, failures, version, ...fields } = KnowledgeEntry.parse(entry);
  const member = digestOf(incidentId, 12);
  const names = Object.keys(fields);
  await table.update(key, {
    version,
    update: `SET expiresAt = :expiresAt, ${names.map((name) => `#${name} = :${name}`).join(', ')} ADD successes :success, failures :failure, counted :members`,
    condition: 'attribute_not_exists(counted) OR (NOT contains(counted, :member) AND size(counted) < :most)',
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: {
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
      ':success': outcome === 'success' ? 1 : 0,
      ':failure': outcome === 'failure' ? 1 : 0,
      ':expiresAt': ttlOf(new Date(Date.parse(entry.updatedAt) + RECALLED_MS)),
      ':members': new Set([member]),
      ':member': member,
      ':most': COUNTED_INCIDENTS,
    },
  });
}

/** Sort keys begin with the time; records of that very moment are not read again. */
function newestFirst({ after, limit }: { readonly after: string | null; readonly limit: number }) {
  return { newestFirst: true, limit, ...(after === null ? {} : { after: `${after}#~` }) };
}

function lastChangedFirst(a: KnowledgeEntry, b: KnowledgeEntry): number {
  const [one, other] = [`${a.updatedAt} ${a.id}`, `${b.updatedAt} ${b.id}`];
  return one < other ? 1 : -1;
}

const entryOf = (item: Item): KnowledgeEntry =>
  parseRecord(KnowledgeEntry, withoutStorage(item), `Knowledge entry ${String(item.pk)}`);
