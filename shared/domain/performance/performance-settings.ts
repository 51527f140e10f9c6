import * as z from 'zod';

const Percent = z.number().min(1).max(100);
const Milliseconds = z.number().min(1).max(3_600_000);

/**
 * Limits from which on a service counts as slow or short of something, and the headroom that a smaller size must leave.
 */
export const Performance = z.strictObject({
  /** A bottleneck when more than 5% of the values exceed it. */
  cpuPercent: Percent.default(80),
  memoryPercent: Percent.default(85),
  databaseQueryMs: Milliseconds.default(1000),
  /** Time waiting for a connection of the pool. */
  poolWaitMs: Milliseconds.default(50),
  eventLoopLagMs: Milliseconds.default(100),
  /** Rows that a query reads per row it returns. */
  rowsExaminedPerRow: z.number().min(1).max(1_000_000).default(100),
  /** A cache with a lower hit rate is of little use. */
  cacheHitPercent: Percent.default(80),
  /** Headroom above the 99th percentile of use that a smaller size must leave, percent. */
  headroomPercent: z.number().min(0).max(500).default(30),
});
export type Performance = z.infer<typeof Performance>;
