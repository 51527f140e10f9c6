import type { Reading } from '@selfheal/anomaly/reading.ts';
import * as z from 'zod';
import { Actor } from '../access/caller.ts';
import type { ManagedService } from '../plan/managed-service.ts';
import type { Capacity } from './capacity-settings.ts';

/** A metric of a service and a limit that people want to hear about. It plans at most what a person then approves. */
export const MetricAlert = z.strictObject({
  service: z.string().min(1).max(60),
  metric: z.enum(['memory', 'cpu', 'disk', 'connections']),
  side: z.enum(['above', 'below']).default('above'),
  /** In the unit of the metric; of memory and cpu percent. */
  limit: z.number().min(0).max(1e15),
  /** `notify`: people are told. `scale`: they are told, and the service's remedy that makes room is planned, which a person has to approve. */
  action: z.enum(['notify', 'scale']),
  /** Who set it, as the API authenticated them, whatever was sent: nobody approves what their own alert asks for. */
  setBy: Actor.optional(),
});
export type MetricAlert = z.infer<typeof MetricAlert>;

type MeasuredService = Pick<ManagedService, 'deployment'> & { readonly capacity: readonly Capacity[] };

const ECS_METRICS = { memory: 'MemoryUtilization', cpu: 'CPUUtilization' } as const;

/**
 * What an alert watches: the metric that the service lists in `capacity`, or the one that AWS publishes of its deployment (of ECS, memory and cpu
 * in percent: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html). Null when there is none.
 */
export function watchedCapacity({ metric, side, limit }: MetricAlert, service: MeasuredService): Capacity | null {
  const listed = service.capacity.find((one) => one.kind === metric && one.side === side);
  const rest = { kind: metric, limit, side, withinHours: 1, alarm: null };
  if (listed !== undefined) return { ...rest, metric: listed.metric };
  const { deployment } = service;
  if (deployment?.kind !== 'ecs-service' || (metric !== 'memory' && metric !== 'cpu')) return null;
  const dimensions = { ClusterName: deployment.cluster, ServiceName: deployment.service };
  return { ...rest, metric: { namespace: 'AWS/ECS', name: ECS_METRICS[metric], dimensions, statistic: 'Average' } };
}

/** Why no alert of this kind is possible for a service, and how it becomes possible. */
export const noMetricWords = ({ metric, service, side }: MetricAlert): string =>
  `${service} has no metric of ${metric} ${side === 'above' ? 'that rises to a limit' : 'that falls to a limit'}: list one in "capacity" of the service in config/selfheal.json ({"kind": "${metric}", "metric": {"namespace", "name", "dimensions"}, "limit", "side": "${side}"}), and deploy.`;

/** Readings within the limit that end a crossing; fewer are a flutter around it. */
const CALM_READINGS = 6;

/** Since when the limit is crossed, in ms since 1970, and the newest value; null while the newest reading is within it. */
export function crossing(
  readings: readonly Reading[],
  { side, limit }: Pick<MetricAlert, 'side' | 'limit'>,
): { readonly since: number; readonly value: number } | null {
  const ordered = readings.filter(({ value }) => Number.isFinite(value)).sort((a, b) => b.at - a.at);
  const isCrossed = ({ value }: Reading): boolean => (side === 'above' ? value > limit : value < limit);
  const [newest] = ordered;
  if (newest === undefined || !isCrossed(newest)) return null;
  let [since, calm] = [newest.at, 0];
  for (const reading of ordered) {
    calm = isCrossed(reading) ? 0 : calm + 1;
    if (calm === CALM_READINGS) break;
    if (calm === 0) since = reading.at;
  }
  return { since, value: newest.value };
}

export const metricAlertWords = ({ metric, side, limit, service, action }: MetricAlert): string =>
  `${action === 'scale' ? 'ask to scale' : 'notify'} when ${metric} of ${service} is ${side} ${limit}`;
