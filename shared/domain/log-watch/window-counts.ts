import { recordText } from '@selfheal/kernel/text/record-text.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { isAtLeast, Severity } from '@selfheal/log-reading/logs/severity.ts';
import * as z from 'zod';
import { WINDOW_MS, type WindowDigest } from './window-digest.ts';

const MAX_SAMPLES = 5;
const MAX_CLUSTERS = 1_000;

const ClusterCount = z.strictObject({
  cluster: z.number().int(),
  level: Severity,
  count: z.number().int(),
  samples: z.array(recordText()).max(MAX_SAMPLES),
});
export type ClusterCount = z.infer<typeof ClusterCount>;

const Count = z.number().int().nonnegative();

/** What all digests so far say of one window of a service. */
export const WindowRecord = z.strictObject({
  window: z.number().int().multipleOf(WINDOW_MS),
  /** Of the digests that were counted. */
  ids: z.array(z.string()),
  /** When the last of them was, milliseconds since 1970. */
  touchedAt: z.number(),
  /** Came after its time was over: it is judged, but not learned. */
  isLate: z.boolean(),
  lines: Count,
  levels: z.strictObject({ critical: Count, error: Count, warning: Count, info: Count, debug: Count }),
  requests: Count,
  failures: Count,
  clusters: z.array(ClusterCount),
});
export type WindowRecord = z.infer<typeof WindowRecord>;

export interface WindowCounts extends Omit<WindowRecord, 'ids' | 'clusters'> {
  readonly ids: Set<string>;
  readonly clusters: Map<number, ClusterCount>;
}

export function emptyWindow(window: number, at: number, isLate: boolean): WindowCounts {
  const levels = { critical: 0, error: 0, warning: 0, info: 0, debug: 0 };
  const counts = { lines: 0, levels, requests: 0, failures: 0 };
  return { window, ids: new Set(), touchedAt: at, isLate, ...counts, clusters: new Map() };
}

export const readWindow = (record: WindowRecord): WindowCounts => ({
  ...record,
  ids: new Set(record.ids),
  clusters: new Map(record.clusters.map((one) => [one.cluster, one])),
});

export const recordOfWindow = (counts: WindowCounts): WindowRecord => ({
  ...counts,
  ids: [...counts.ids],
  clusters: [...counts.clusters.values()],
});

/** Adds a digest unless it was added before; returns whether it was new. `clusterOf` learns a line's template. */
export function addDigest(
  counts: WindowCounts,
  digest: WindowDigest,
  at: number,
  clusterOf: (line: RedactedText) => number,
): boolean {
  if (counts.ids.has(digest.id)) return false;
  counts.ids.add(digest.id);
  counts.touchedAt = at;
  counts.lines += digest.lines;
  counts.requests += digest.requests;
  counts.failures += digest.failures;
  for (const level of Severity.options) counts.levels[level] += digest.levels[level];
  for (const { level, count, samples } of digest.forms) {
    const [first] = samples;
    if (first === undefined) continue;
    const cluster = clusterOf(first);
    const known = counts.clusters.get(cluster);
    if (known === undefined) {
      if (counts.clusters.size < MAX_CLUSTERS)
        counts.clusters.set(cluster, { cluster, level, count, samples: samples.slice(0, MAX_SAMPLES) });
      continue;
    }
    known.count += count;
    if (isAtLeast(level, known.level)) known.level = level;
    known.samples = [...known.samples, ...samples].slice(0, MAX_SAMPLES);
  }
  return true;
}
