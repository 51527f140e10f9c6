import { TestRecord } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { TestQuarantine } from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import * as z from 'zod';
import type { TestStore } from '#shared/ports/test-store.ts';
import {
  type Item,
  type Key,
  openTable,
  overRevisionBefore,
  type Table,
  type TableOptions,
  ttlOf,
  withoutStorage,
} from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** Number of items for a repository's tests, chosen by the first digits of their keys. */
const SHARDS = 32;
/** Tests per item: at most 3 KB each, where an item holds 400 KB. */
const MAX_IN_SHARD = 40;
/** Milliseconds. */
const KEPT = 180 * 24 * 60 * 60 * 1000;
const TRIES = 6;
/** Partition with one item per repository that has records. */
const REPOSITORIES = 'TESTED';
const MAX_READ = 500;

const Tested = z.strictObject({ version: z.literal(1), key: z.string(), at: z.iso.datetime({ offset: true }) });

const Shard = z.strictObject({
  version: z.literal(1),
  /** Increases with each change. */
  revision: z.number().int().positive(),
  tests: z.array(TestRecord).max(MAX_IN_SHARD),
});

/**
 * Stats table: `TESTS#<repository>`, 32 items of 40 tests each; a new test evicts the one that failed longest ago. `QUARANTINES#<repository>` has one
 * item per test that was in quarantine, `TESTED` one per repository, so that lists need no scan.
 */
export function makeDynamoTestStore(options: TableOptions): TestStore {
  const table = openTable(options);
  return {
    testRecords: async (repository, keys) => {
      const places = [...Map.groupBy(keys, shardOf).keys()].map((shard) => placeOf(repository, shard));
      if (places.length === 0) return [];
      const wanted = new Set(keys);
      const items = await table.getAll(places);
      return items.flatMap((item) => shardIn(item).tests).filter(({ key }) => wanted.has(key));
    },
    changeTests: async (repository, keys, change) => {
      const shards = Map.groupBy(new Set(keys), shardOf);
      if (shards.size === 0) return [];
      const places = [...shards.keys()].map((shard) => placeOf(repository, shard));
      const items = await table.getAll([...places, { pk: REPOSITORIES, sk: repository }]);
      const read = new Map(items.filter(({ pk }) => pk !== REPOSITORIES).map((item) => [String(item.sk), item]));
      const note = noteOf(table, repository, items.find(({ pk }) => pk === REPOSITORIES)?.at);
      const records: TestRecord[] = [];
      for (const [shard, own] of shards) {
        const place = placeOf(repository, shard);
        records.push(...(await changeShard({ table, place, item: read.get(place.sk) ?? null, note }, own, change)));
      }
      return records;
    },
    testedRepositories: async () => {
      const items = await table.query(REPOSITORIES, { limit: MAX_READ });
      return items
        .map((item) => parseRecord(Tested, withoutStorage(item), `Tested repository ${String(item.sk)}`))
        .map(({ key, at }) => ({ key, at }))
        .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    },
    allTests: async (repository) => (await table.query(testsOf(repository))).flatMap((item) => shardIn(item).tests),
    quarantines: async (repository) =>
      (await table.query(quarantinesOf(repository), { limit: MAX_READ })).map(quarantineIn),
    quarantine: async (repository, sk) => {
      const item = await table.get({ pk: quarantinesOf(repository), sk });
      return item && quarantineIn(item);
    },
    putQuarantine: async (repository, quarantine) => {
      const record = TestQuarantine.parse(quarantine);
      const newest = Date.parse(record.decisions.at(-1)?.at ?? record.since);
      const place = {
        pk: quarantinesOf(repository),
        sk: record.test.testKey,
        expiresAt: ttlOf(new Date(newest + KEPT)),
      };
      const condition = overRevisionBefore(record.revision);
      return (await table.putOnce({ ...place, ...record }, condition)) ? 'written' : 'changed-meanwhile';
    },
  };
}

const shardOf = (key: string): number => Number.parseInt(key.slice(0, 4), 16) % SHARDS;

const testsOf = (repository: string): string => `TESTS#${repository}`;

const placeOf = (repository: string, shard: number): Key => ({
  pk: testsOf(repository),
  sk: String(shard).padStart(2, '0'),
});

const quarantinesOf = (repository: string): string => `QUARANTINES#${repository}`;

const quarantineIn = (item: Item): TestQuarantine =>
  parseRecord(TestQuarantine, withoutStorage(item), `Quarantine ${String(item.pk)} ${String(item.sk)}`);

function shardIn(item: Item): z.infer<typeof Shard> {
  return parseRecord(Shard, withoutStorage(item), `Tests ${String(item.pk)} ${String(item.sk)}`);
}

type Change = Parameters<TestStore['changeTests']>[2];

/** Changes and writes what was read, and returns the records of `keys`; reads again when somebody else wrote first. */
async function changeShard(
  shard: { readonly table: Table; readonly place: Key; readonly item: Item | null; readonly note: NoteRepository },
  keys: readonly string[],
  change: Change,
): Promise<TestRecord[]> {
  const { table, place, note } = shard;
  const ofKeys = (tests: readonly TestRecord[]) => tests.filter(({ key }) => keys.includes(key));
  let { item } = shard;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) item = await table.get(place);
    const known = item === null ? null : shardIn(item);
    const tests = changed(known?.tests ?? [], keys, change);
    if (tests === null) return ofKeys(known?.tests ?? []);
    const revision = (known?.revision ?? 0) + 1;
    const newest = new Date(Math.max(...tests.map(({ lastAt }) => Date.parse(lastAt))));
    const expiresAt = ttlOf(new Date(newest.getTime() + KEPT));
    const condition =
      known === null
        ? { condition: 'attribute_not_exists(pk)' }
        : { condition: 'revision = :seen', values: { ':seen': known.revision } };
    // First, because a repeat of this step changes no record and returns above.
    await note(newest, expiresAt);
    if (await table.putOnce({ ...place, version: 1, revision, tests, expiresAt }, condition)) return ofKeys(tests);
  }
  throw new Retryable('Could not update the test records: too many concurrent writers.');
}

type NoteRepository = (newest: Date, expiresAt: number) => Promise<void>;

/** Milliseconds by which the note of a repository's last failed test may lag behind. */
const NOTE_LAG = 60 * 60 * 1000;

/** Notes when a test of the repository last failed, to the hour: `known` is the note before. */
function noteOf(table: Table, key: string, known: unknown): NoteRepository {
  let noted = typeof known === 'string' ? Date.parse(known) : 0;
  return async (newest, expiresAt) => {
    if (newest.getTime() <= noted + NOTE_LAG) return;
    const at = newest.toISOString();
    const item = { pk: REPOSITORIES, sk: key, version: 1, key, at, expiresAt };
    const isNewer = 'attribute_not_exists(pk) OR #at < :at';
    await table.put(item, { condition: isNewer, names: { '#at': 'at' }, values: { ':at': at } });
    noted = newest.getTime();
  };
}

/** Null when nothing changes. */
function changed(tests: readonly TestRecord[], keys: readonly string[], change: Change): TestRecord[] | null {
  const byKey = new Map(tests.map((test) => [test.key, test]));
  let differs = false;
  for (const key of keys) {
    const known = byKey.get(key) ?? null;
    const next = change(key, known);
    if (next === known) continue;
    differs = true;
    byKey.set(key, next);
  }
  if (!differs) return null;
  return [...byKey.values()].sort((a, b) => Date.parse(b.lastAt) - Date.parse(a.lastAt)).slice(0, MAX_IN_SHARD);
}
