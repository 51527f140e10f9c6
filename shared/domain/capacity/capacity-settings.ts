import { MetricName } from '@selfheal/anomaly/metric-row.ts';
import * as z from 'zod';

/** Something of a service that can run out, and its metric. */
export const Capacity = z.strictObject({
  kind: z.enum(['memory', 'cpu', 'disk', 'connections']),
  metric: MetricName,
  limit: z.number(),
  /** `below` when the metric falls to the limit (free space). */
  side: z.enum(['above', 'below']).default('above'),
  /** How far ahead the forecast warns. */
  withinHours: z.number().int().min(1).max(720).default(24),
  /**
   * Name of an alarm that is created and is in ALARM while the limit is reached or expected within the hours. One of
   * the service's alarms.
   */
  alarm: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/)
    .nullable()
    .default(null),
});
export type Capacity = z.infer<typeof Capacity>;

/** Name of a service's entry in logs, mails and keys, where there are several. */
export const capacityName = ({ metric: { namespace, name, dimensions } }: Capacity): string =>
  [`${namespace}/${name}`, ...Object.entries(dimensions).map(([key, value]) => `${key}=${value}`)].join(' ');

/** The counter that a forecast alarm watches. */
export const forecastCounter = (alarm: string): string => `exhaustion-expected-${alarm}`;

/** Problems in a service's capacities, as sentences, by their index in the list. */
export function capacityProblems(service: {
  readonly alarms: readonly string[];
  readonly capacity: readonly Capacity[];
}): { index: number; problem: string }[] {
  return service.capacity.flatMap((entry, index) => {
    const { alarm } = entry;
    const before = service.capacity.slice(0, index);
    return [
      ...(alarm !== null && !service.alarms.includes(alarm) ? [`${alarm} is not among the alarms of the service`] : []),
      ...(alarm !== null && before.some((other) => other.alarm === alarm)
        ? [`${alarm} is the alarm of two entries`]
        : []),
      ...(before.some((other) => capacityName(other) === capacityName(entry)) ? ['the metric is listed twice'] : []),
    ].map((problem) => ({ index, problem }));
  });
}
