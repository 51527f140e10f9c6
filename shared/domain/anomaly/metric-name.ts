import * as z from 'zod';

const Word = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 plain ASCII characters');

/** A CloudWatch metric in the deployment's account and region, by its published names. */
export const MetricName = z.strictObject({
  namespace: Word,
  name: Word,
  dimensions: z.record(Word, Word).default({}),
  /** Of five minutes each. */
  statistic: z.enum(['Average', 'Maximum', 'Minimum', 'Sum']).default('Average'),
});
