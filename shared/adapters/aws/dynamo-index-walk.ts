import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type ListIndex, monthOf } from './dynamo-incident-keys.ts';
import type { Item } from './dynamo-table.ts';
import { callAws } from './errors.ts';

/** Sort keys, both inclusive. */
export interface KeyRange {
  readonly low: string;
  readonly high: string;
}

/** Values that copied attributes must have one of. */
export type Filter = Readonly<Record<string, readonly string[]>>;

export interface IndexReads {
  /** A part of one partition in the walk's order; `readTo` is null when nothing is left in the range. */
  read(
    partition: { index: ListIndex; value: string },
    range: KeyRange,
  ): Promise<{ found: string[]; readTo: string | null }>;
  /** Whether another read is allowed. */
  mayRead(): boolean;
}

export const PAUSED = Symbol('paused');

/** Positions in one order, from one or several partitions. */
export interface IndexWalk {
  /** The next position; null at the end; `PAUSED` when no more reads are allowed. */
  next(): Promise<string | null | typeof PAUSED>;
  /** Everything up to here was returned or does not match; a later walk continues after it. Null at the start. */
  position(): string | null;
}

export interface WalkOptions {
  readonly reads: IndexReads;
  readonly newestFirst: boolean;
  readonly range: KeyRange;
  /** An earlier walk's position. */
  readonly after: string | null;
}

/** Reads of one walk: each takes up to `size` entries, and there are at most `maxReads`. */
export function indexReads(options: {
  readonly table: string;
  readonly client: DynamoDBDocumentClient;
  readonly newestFirst: boolean;
  readonly filter: Filter;
  readonly size: number;
  readonly maxReads: number;
}): IndexReads {
  const { table, client, newestFirst, filter, size, maxReads } = options;
  let reads = 0;
  return {
    mayRead: () => reads < maxReads,
    read: async ({ index, value }, { low, high }) => {
      reads += 1;
      if (low > high) return { found: [], readTo: null };
      const { expression, names, values } = filterExpression(filter);
      const command = new QueryCommand({
        TableName: table,
        IndexName: index.name,
        KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :low AND :high',
        ProjectionExpression: '#sort',
        ...(expression === null ? {} : { FilterExpression: expression }),
        ExpressionAttributeNames: { '#partition': index.partition, '#sort': index.sort, ...names },
        ExpressionAttributeValues: { ':partition': value, ':low': low, ':high': high, ...values },
        ScanIndexForward: !newestFirst,
        Limit: size,
      });
      const page = await callAws(`Reading the index ${index.name}`, () => client.send(command));
      const readTo = page.LastEvaluatedKey?.[index.sort];
      return {
        found: (page.Items ?? []).map((item) => String(item[index.sort])),
        readTo: readTo === undefined ? null : String(readTo),
      };
    },
  };
}

function filterExpression(filter: Filter): { expression: string | null; names: Record<string, string>; values: Item } {
  const parts = Object.entries(filter).map(([attribute, allowed], at) => ({
    name: [`#f${at}`, attribute] as const,
    values: allowed.map((value, index) => [`:f${at}v${index}`, value] as const),
  }));
  return {
    expression:
      parts.length === 0
        ? null
        : parts.map(({ name, values }) => `${name[0]} IN (${values.map(([key]) => key).join(', ')})`).join(' AND '),
    names: Object.fromEntries(parts.map(({ name }) => name)),
    values: Object.fromEntries(parts.flatMap(({ values }) => values)),
  };
}

interface Partition {
  readonly value: string;
  found: string[];
  /** Null before the first read. */
  readTo: string | null;
  ended: boolean;
}

/** Several partitions of one index as one list: a merge that reads on wherever nothing is left in hand. The first read of each is always made. */
export function walkPartitions(index: ListIndex, values: readonly string[], options: WalkOptions): IndexWalk {
  const { reads, newestFirst, range } = options;
  const isBefore = (a: string, b: string): boolean => (newestFirst ? a > b : a < b);
  const first = (positions: readonly string[]): string | null =>
    positions.reduce<string | null>((best, one) => (best === null || isBefore(one, best) ? one : best), null);
  const partitions: Partition[] = values.map((value) => ({ value, found: [], readTo: options.after, ended: false }));
  let position = options.after;
  let started = false;

  const readOn = async (partition: Partition): Promise<void> => {
    const { value, readTo: after } = partition;
    const { found, readTo } = await reads.read({ index, value }, rangeAfter(range, after, newestFirst));
    partition.found = found.filter((one) => one !== after);
    partition.ended = readTo === null;
    partition.readTo = readTo ?? after;
  };
  const take = (head: string): string => {
    for (const partition of partitions) if (partition.found[0] === head) partition.found.shift();
    position = head;
    return head;
  };

  return {
    position: () => position,
    next: async () => {
      for (;;) {
        const head = first(partitions.flatMap(({ found }) => found[0] ?? []));
        const unread = partitions.filter(({ found, ended }) => found.length === 0 && !ended);
        if (unread.length === 0) return head === null ? null : take(head);
        const frontier = started ? first(unread.flatMap(({ readTo }) => readTo ?? [])) : null;
        if (head !== null && frontier !== null && !isBefore(frontier, head)) return take(head);
        if (started && !reads.mayRead()) {
          position = frontier;
          return PAUSED;
        }
        started = true;
        await Promise.all(unread.map(readOn));
      }
    },
  };
}

/** Reading so many months, which may be empty, costs no more than asking for the oldest incident. */
const MONTHS_WORTH_ASKING = 7;

/** The partitions of the months in order, until none can contain anything in the range. */
export function walkMonths(
  index: ListIndex,
  options: WalkOptions & {
    /** The position of the oldest incident; null when there is none. Asked at most once, and only when it matters. */
    readonly oldest: () => Promise<string | null>;
  },
): IndexWalk {
  const { reads, newestFirst, range, after, oldest } = options;
  const last = newestFirst ? monthOf(range.low) : monthOf(range.high);
  const begin = after ?? (newestFirst ? range.high : null);
  let position = after;
  let walk: IndexWalk | null = null;
  let month = '';
  let floor: string | null = null;

  const enter = (next: string): void => {
    month = next;
    walk = walkPartitions(index, [next], { reads, newestFirst, range, after: position });
  };
  /** The month of the oldest incident or of the range's beginning, whichever is later; null when there is no incident. */
  const floorMonth = async (): Promise<string | null> => {
    if (monthsBetween(monthOf(range.low), monthOf(range.high)) <= MONTHS_WORTH_ASKING) return monthOf(range.low);
    if (floor !== null) return floor;
    const found = await oldest();
    floor = found === null ? null : later(monthOf(found), monthOf(range.low));
    return floor;
  };
  const start = async (): Promise<boolean> => {
    if (begin !== null) {
      const isRead = newestFirst && begin === edgeOf(monthOf(begin));
      enter(isRead ? shiftMonth(monthOf(begin), -1) : monthOf(begin));
      return true;
    }
    const floorOrNone = await floorMonth();
    if (floorOrNone === null || floorOrNone > last) return false;
    enter(floorOrNone);
    return true;
  };
  const hasNextMonth = async (): Promise<boolean> => {
    if (newestFirst ? month <= last : month >= last) return false;
    if (!newestFirst) return true;
    const floorOrNone = await floorMonth();
    return floorOrNone !== null && month > floorOrNone;
  };

  return {
    position: () => walk?.position() ?? position,
    next: async () => {
      if (walk === null && !(await start())) return null;
      for (;;) {
        const found = (await walk?.next()) ?? null;
        if (found !== null) return found;
        if (!(await hasNextMonth())) return null;
        // This month is done; a later walk continues at its edge.
        position = newestFirst ? edgeOf(month) : edgeOf(shiftMonth(month, 1));
        if (!reads.mayRead()) {
          walk = null;
          return PAUSED;
        }
        enter(shiftMonth(month, newestFirst ? -1 : 1));
      }
    },
  };
}

function rangeAfter({ low, high }: KeyRange, after: string | null, newestFirst: boolean): KeyRange {
  if (after === null) return { low, high };
  return newestFirst ? { low, high: after < high ? after : high } : { low: after > low ? after : low, high };
}

/** Before every position of the month. */
const edgeOf = (month: string): string => `${month}-01T00:00:00.000Z#`;

const later = (a: string, b: string): string => (a > b ? a : b);

function monthsBetween(from: string, to: string): number {
  const [fromYear = 0, fromMonth = 0] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 0] = to.split('-').map(Number);
  return (toYear - fromYear) * 12 + toMonth - fromMonth;
}

/** `2026-01` and -1 is `2025-12`. */
function shiftMonth(month: string, by: 1 | -1): string {
  const at = new Date(`${month}-01T00:00:00.000Z`);
  at.setUTCMonth(at.getUTCMonth() + by);
  return at.toISOString().slice(0, 7);
}
