import { MetricName } from '@selfheal/anomaly/metric-row.ts';
import * as z from 'zod';
import { type CircumstanceRules, PartOfWeek } from './circumstance-rules.ts';
import { isWithin, wallClockAt } from './wall-clock.ts';

export const Load = z.enum(['low', 'normal', 'high', 'unknown']);
export type Load = z.infer<typeof Load>;

/** The situation around an incident when its plan was made. Trusted facts only, nothing from a log. */
export const Circumstances = z.strictObject({
  partOfWeek: PartOfWeek,
  /** Load of the service, by the metric its owner names; `unknown` where none is named or it has no data. */
  load: Load,
  /** Deployments of the service within the last day, including those taken back; null where they cannot be read. */
  recentDeployments: z.number().int().nonnegative().nullable(),
  /** When the current version was deployed, if within the last day. */
  minutesSinceDeployment: z.number().nonnegative().nullable(),
  /** Other incidents of the same repository or alarm that ended within the last day, counted up to 25. */
  incidentsInDay: z.number().int().nonnegative(),
});
export type Circumstances = z.infer<typeof Circumstances>;

export interface Surroundings {
  readonly now: Date;
  /** Instants (ISO 8601) of the current deployment and of the others; null: unknown. */
  readonly deployment: { readonly at: string; readonly others: readonly string[] } | null;
  readonly load: Load;
  readonly incidentsInDay: number;
}

const MINUTE = 60_000;
export const DAY_MILLISECONDS = 24 * 60 * MINUTE;

/** Circumstances at an instant. Throws `RangeError` when the instant is none. */
export function circumstancesOf(surroundings: Surroundings, rules: CircumstanceRules): Circumstances {
  const { now, deployment, load, incidentsInDay } = surroundings;
  const [current = null] = deployment === null ? [] : agesWithinDay([deployment.at], now);
  return {
    partOfWeek: partOfWeekAt(now, rules),
    load,
    recentDeployments: deployment && agesWithinDay([deployment.at, ...deployment.others], now).length,
    minutesSinceDeployment: current === null ? null : current / MINUTE,
    incidentsInDay,
  };
}

/** A deployment in the future has just happened: our clock is behind. */
function agesWithinDay(instants: readonly string[], now: Date): number[] {
  return [...new Set(instants)]
    .map((at) => Math.max(0, now.getTime() - Date.parse(at)))
    .filter((milliseconds) => milliseconds < DAY_MILLISECONDS);
}

/** The part of the owners' week at an instant. A non-working day is weekend at all hours. */
export function partOfWeekAt(now: Date, rules: CircumstanceRules): PartOfWeek {
  const clock = wallClockAt(now, rules.timeZone);
  if (!rules.workingDays.includes(clock.day)) return 'weekend';
  if (isWithin(clock, rules.workingHours)) return 'working-hours';
  return isWithin(clock, rules.night) ? 'night' : 'evening';
}

/** How busy a service is: a metric chosen by its owner (requests, queue depth, CPU time), and its limits. */
export const ServiceLoad = z
  .strictObject({
    metric: MetricName,
    /** Below: low load. */
    low: z.number(),
    /** At or above: high load. */
    high: z.number(),
  })
  .refine(({ low, high }) => low <= high, { path: ['high'], message: 'must be at least "low"' });
export type ServiceLoad = z.infer<typeof ServiceLoad>;
