import * as z from 'zod';
import { MetricName } from '../../anomaly/metric-name.ts';

/** How busy a service is: a metric that its owner knows to tell it (requests, queue depth, processor time), and what is much. */
export const ServiceLoad = z
  .strictObject({
    metric: MetricName,
    /** Below: little. */
    low: z.number(),
    /** At or above: much. */
    high: z.number(),
  })
  .refine(({ low, high }) => low <= high, { path: ['high'], message: 'is less than low' });
export type ServiceLoad = z.infer<typeof ServiceLoad>;
