import * as z from 'zod';
import { METRIC_KINDS } from '#shared/domain/performance/bottlenecks.ts';

const Name = z.string().min(1).max(200);
const Path = z.string().min(1).max(1000);
const Values = z.array(z.number()).min(1).max(600_000);
/** Values of a metric: in the document itself, or in a file of `timestamp,value` rows. */
const Series = z.union([z.strictObject({ values: Values }), z.strictObject({ file: Path })]);

/** Input of `performance advise`. Paths are relative to the document. */
export const PerformanceDocument = z.strictObject({
  service: Name.optional(),
  metrics: z
    .array(
      z.strictObject({ kind: z.enum(METRIC_KINDS), name: Name.optional(), instance: Name.optional(), series: Series }),
    )
    .max(200)
    .default([]),
  logs: z.array(Path).max(200).default([]),
  sources: z.array(Path).max(2000).default([]),
  provisions: z
    .array(
      z.strictObject({
        resource: Name,
        kind: z.enum(['memory', 'cpu', 'instances']),
        provisioned: z.number().positive(),
        unit: z.string().min(1).max(20),
        used: Series,
        monthlyCost: z.number().nonnegative().optional(),
        least: z.number().nonnegative().default(0),
      }),
    )
    .max(200)
    .default([]),
});
export type PerformanceDocument = z.infer<typeof PerformanceDocument>;
export type Series = z.infer<typeof Series>;
