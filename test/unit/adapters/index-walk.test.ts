import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LIST_INDEXES, monthOf } from '#shared/adapters/aws/dynamo-incident-keys.ts';
import {
  type IndexReads,
  type IndexWalk,
  PAUSED,
  type WalkOptions,
  walkMonths,
  walkPartitions,
} from '#shared/adapters/aws/dynamo-index-walk.ts';

interface Entry {
  readonly position: string;
  readonly matches: boolean;
}
interface Settings {
  readonly newestFirst: boolean;
  /** Entries that a read looks at, those filtered out included. */
  readonly size: number;
  readonly maxReads: number;
}

/** What DynamoDB answers to a query with a filter and a limit over sorted entries. */
function readsOf(
  partitions: Readonly<Record<string, readonly Entry[]>>,
  { newestFirst, size, maxReads }: Settings,
): IndexReads {
  let reads = 0;
  return {
    mayRead: () => reads < maxReads,
    read: async ({ value }, { low, high }) => {
      reads += 1;
      const inRange = (partitions[value] ?? []).filter(({ position }) => position >= low && position <= high);
      const seen = sorted(inRange, newestFirst).slice(0, size);
      const readTo = seen.length === size ? (seen.at(-1)?.position ?? null) : null;
      return { found: seen.filter(({ matches }) => matches).map(({ position }) => position), readTo };
    },
  };
}

const sorted = (entries: readonly Entry[], newestFirst: boolean): Entry[] =>
  entries.toSorted((a, b) => (a.position < b.position ? -1 : 1) * (newestFirst ? -1 : 1));

/** Walks until the end, with a new walk after each pause and, as pages do, after so many positions. */
async function walkAll(open: (after: string | null) => IndexWalk, pageSize: number): Promise<string[]> {
  const given: string[] = [];
  let after: string | null = null;
  for (let walks = 0; walks < 1000; walks += 1) {
    const walk = open(after);
    for (let count = 0; count < pageSize; count += 1) {
      const next = await walk.next();
      if (next === null) return given;
      if (next === PAUSED) break;
      expect(walk.position()).toBe(next);
      given.push(next);
    }
    after = walk.position();
  }
  throw new Error('The walk does not come to an end.');
}

const MONTHS = ['2025-11', '2025-12', '2026-01', '2026-02', '2026-09'] as const;
const position = fc
  .tuple(fc.constantFrom(...MONTHS), fc.integer({ min: 1, max: 28 }), fc.constantFrom('gh-a', 'gh-b'))
  .map(([month, day, id]) => `${month}-${String(day).padStart(2, '0')}T00:00:00.000Z#${id}`);
const entries = fc.uniqueArray(fc.record({ position, matches: fc.boolean() }), {
  selector: (one) => one.position,
  maxLength: 12,
});
const settings = fc.record({
  newestFirst: fc.boolean(),
  size: fc.integer({ min: 2, max: 4 }),
  maxReads: fc.integer({ min: 0, max: 4 }),
});
const bound = fc.option(fc.tuple(position, position));
const pageSize = fc.integer({ min: 1, max: 4 });
const WHOLE = { low: '0000-01-01T00:00:00.000Z', high: '9999-12-31T23:59:59.999Z~' };
const rangeOf = (bounds: readonly [string, string] | null) =>
  bounds === null ? WHOLE : { low: bounds[0], high: bounds[1] };
const within = ({ low, high }: typeof WHOLE, one: string): boolean => one >= low && one <= high;

it('partitions are walked as one list: in order, without gaps, each position once though it is in two of them', async () => {
  await fc.assert(
    fc.asyncProperty(entries, entries, entries, settings, bound, pageSize, async (a, b, c, given, bounds, size) => {
      const partitions = { a, b, c };
      const range = rangeOf(bounds);
      const { newestFirst } = given;
      const open = (after: string | null) => {
        const options: WalkOptions = { reads: readsOf(partitions, given), newestFirst, range, after };
        return walkPartitions(LIST_INDEXES.status, Object.keys(partitions), options);
      };
      const matching = [...a, ...b, ...c].filter((one) => one.matches && within(range, one.position));
      const expected = [...new Set(sorted(matching, newestFirst).map((one) => one.position))];
      expect(await walkAll(open, size)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it('months are walked as one list, however far apart, and however often the walk is paused', async () => {
  await fc.assert(
    fc.asyncProperty(entries, settings, bound, pageSize, async (all, given, bounds, size) => {
      const partitions = Object.fromEntries(
        MONTHS.map((month) => [month, all.filter((one) => monthOf(one.position) === month)]),
      );
      const range = { ...rangeOf(bounds), ...(bounds === null ? { high: '2026-11-23T00:00:00.000Z' } : {}) };
      const { newestFirst } = given;
      const oldest = sorted(all, false)[0]?.position ?? null;
      const open = (after: string | null) =>
        walkMonths(LIST_INDEXES.month, {
          reads: readsOf(partitions, given),
          newestFirst,
          range,
          after,
          oldest: async () => oldest,
        });
      const matching = all.filter((one) => one.matches && within(range, one.position));
      expect(await walkAll(open, size)).toEqual(sorted(matching, newestFirst).map((one) => one.position));
    }),
    { numRuns: 500 },
  );
});
