import * as z from 'zod';

const Percent = z.number().min(1).max(100);
const Milliseconds = z.number().min(1).max(3_600_000);

/** From where on a service is called slow or short of something, and how much room stays when it is made smaller. */
export const Performance = z.strictObject({
  /** A bottleneck when more than a twentieth of the values are above. */
  cpuPercent: Percent.default(80),
  memoryPercent: Percent.default(85),
  databaseQueryMs: Milliseconds.default(1000),
  /** Waiting for a connection of the pool. */
  poolWaitMs: Milliseconds.default(50),
  eventLoopLagMs: Milliseconds.default(100),
  /** Rows that a query reads for one that it gives. */
  rowsExaminedPerRow: z.number().min(1).max(1_000_000).default(100),
  /** A cache that is hit less often is of little use. */
  cacheHitPercent: Percent.default(80),
  /** Room above the 99th percentile of use that a smaller size must leave, percent. */
  headroomPercent: z.number().min(0).max(500).default(30),
});
export type Performance = z.infer<typeof Performance>;
