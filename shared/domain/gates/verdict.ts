import * as z from 'zod';

/** What one gate decided about one metric of a run. */
export const GateVerdict = z.strictObject({
  /** `coverage`, `changed-lines`, `vulnerabilities.high`, `vulnerabilities.critical`, `duration`, ... */
  metric: z.string().min(1).max(100),
  status: z.enum(['passed', 'failed', 'skipped']),
  /** Null when it was not measured. */
  current: z.number().nullable(),
  /** What the last runs of the default branch had; null on the first run without a default. */
  baseline: z.number().nullable(),
  /** Current less baseline; null when one of them is. */
  delta: z.number().nullable(),
  /** The bound that decided. */
  threshold: z.number().nullable(),
  unit: z.enum(['percent', 'count', 'seconds']),
  /** One line with current, baseline, delta, threshold and PASS or FAIL. */
  explanation: z.string().min(1).max(300),
});
export type GateVerdict = z.infer<typeof GateVerdict>;
