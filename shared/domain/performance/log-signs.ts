import { clearness, type Evidence, type Sign } from './evidence.ts';
import type { Performance } from './performance-settings.ts';
import { makeRepeats } from './repeats.ts';

/** Reads a log line by line for performance evidence. Memory is bounded. */
export interface LogSigns {
  /** `number` is 1-based. */
  next(number: number, text: string): void;
  evidence(): Evidence[];
}

/** Characters of a line that are looked at. */
const LOOKED_AT = 2000;
/** Rows read per row returned, from which on a statement lacks an index. */
const WASTEFUL = 100;

/** Duration in the slow-query logs of databases, in milliseconds. */
const QUERY_TIMES: readonly (readonly [pattern: RegExp, milliseconds: number])[] = [
  [/\bduration: (\d{1,9}(?:\.\d{1,6})?) ms\b/, 1], // PostgreSQL, log_min_duration_statement
  [/\bQuery_time: (\d{1,6}(?:\.\d{1,6})?)/, 1000], // MySQL and MariaDB, slow query log
  [/"durationMillis":(\d{1,9})/, 1], // MongoDB
  [/\bslow (?:query|sql)\b[^0-9]{1,60}(\d{1,9}(?:\.\d{1,6})?) ?ms\b/i, 1],
];

/** Lines that are evidence by themselves, and how many of them make it half clear. */
const TELLING: readonly {
  readonly sign: Sign;
  readonly pattern: RegExp;
  readonly half: number;
  readonly says: string;
}[] = [
  {
    sign: 'full-scan',
    pattern: /\bSeq Scan on\b|\bCOLLSCAN\b|\bFull_scan: Yes\b|\bfull table scan\b/i,
    half: 1,
    says: 'read a whole table',
  },
  {
    sign: 'pool-exhausted',
    pattern:
      /\bConnection is not available, request timed out\b|\bQueuePool limit of size\b|\bremaining connection slots are reserved\b|\btoo many (?:connections|clients already)\b|\bpool (?:is )?exhausted\b|\btimeout exceeded when trying to connect\b/i,
    half: 1,
    says: 'got no connection',
  },
  {
    sign: 'event-loop-blocked',
    pattern:
      /\bevent loop (?:is |was )?blocked\b|\bthread \S{1,80} has been blocked for\b|\btook too long on the event loop\b/i,
    half: 1,
    says: 'blocked the thread that answers',
  },
  {
    sign: 'out-of-resources',
    pattern: /\bOOMKilled\b|\bOutOfMemoryError\b|\bheap out of memory\b|\bOut of memory: Kill|\bCPU throttl/i,
    half: 1,
    says: 'ran out of memory or CPU',
  },
  {
    sign: 'overloaded-upstream',
    pattern: /\bno (?:live|healthy) upstreams?\b|\bupstream (?:connect error|overflow|server is busy)\b/i,
    half: 2,
    says: 'found no free machine',
  },
];

interface Seen {
  count: number;
  first: number;
}

/** A reader of one log. A query is slow from `databaseQueryMs` on, in any notation of the databases. */
export function makeLogSigns(file: string, limits: Pick<Performance, 'databaseQueryMs'>): LogSigns {
  const seen = new Map<Sign, Seen>();
  const repeats = makeRepeats(file);
  function see(sign: Sign, number: number): void {
    const before = seen.get(sign);
    if (before === undefined) seen.set(sign, { count: 1, first: number });
    else before.count += 1;
  }
  function report(sign: Sign, half: number, says: string): Evidence[] {
    const { count, first } = seen.get(sign) ?? { count: 0, first: 0 };
    if (count === 0) return [];
    const text = `lines that ${says}: ${count}`;
    return [{ sign, source: 'log', strength: clearness(count, half), where: `${file}:${first}`, text }];
  }
  return {
    next(number, line) {
      const text = line.slice(0, LOOKED_AT);
      if (queryTimeOf(text) > limits.databaseQueryMs) see('slow-query', number);
      if (isWasteful(text)) see('rows-examined', number);
      for (const { sign, pattern } of TELLING) if (pattern.test(text)) see(sign, number);
      repeats.next(number, text);
    },
    evidence: () => [
      ...report('slow-query', 2, `tell of a query over ${limits.databaseQueryMs} ms`),
      ...report('rows-examined', 1, `tell of ${WASTEFUL} rows read for one given, or more`),
      ...TELLING.flatMap(({ sign, half, says }) => report(sign, half, says)),
      ...repeats.evidence(),
    ],
  };
}

function queryTimeOf(text: string): number {
  for (const [pattern, milliseconds] of QUERY_TIMES) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return Number(found) * milliseconds;
  }
  return 0;
}

function isWasteful(text: string): boolean {
  const [, sent, examined] = /\bRows_sent: (\d{1,12}) {1,4}Rows_examined: (\d{1,12})/.exec(text) ?? [];
  return examined !== undefined && Number(examined) >= WASTEFUL * Math.max(1, Number(sent));
}
