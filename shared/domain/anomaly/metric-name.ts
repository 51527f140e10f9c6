import * as z from 'zod';

const Word = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 plain ASCII characters');

/** A metric of CloudWatch in the deployment's own account and region, by the names it was published with. */
export const MetricName = z.strictObject({
  namespace: Word,
  name: Word,
  dimensions: z.record(Word, Word).default({}),
  /** Of five minutes each. */
  statistic: z.enum(['Average', 'Maximum', 'Minimum', 'Sum']).default('Average'),
});
