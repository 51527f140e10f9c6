import * as z from 'zod';
import { type CircumstanceRules, PartOfWeek } from './circumstance-rules.ts';
import { isWithin, wallClockAt } from './wall-clock.ts';

export const Load = z.enum(['low', 'normal', 'high', 'unknown']);
export type Load = z.infer<typeof Load>;

/** What was going on around an incident when its plan was made. Trusted facts only; nothing that a log says. */
export const Circumstances = z.strictObject({
  partOfWeek: PartOfWeek,
  /** Of the service, by the metric that its owner names; `unknown` where none is named, or it is silent. */
  load: Load,
  /** Of the service within the last day, what was taken back since included; null where no deployment of it can be read. */
  recentDeployments: z.number().int().nonnegative().nullable(),
  /** Since what serves now was deployed, if that was within the last day. */
  minutesSinceDeployment: z.number().nonnegative().nullable(),
  /** Other incidents of the same repository or alarm that ended within the last day, counted up to 25. */
  incidentsInDay: z.number().int().nonnegative(),
});
export type Circumstances = z.infer<typeof Circumstances>;

export interface Surroundings {
  readonly now: Date;
  /** Instants (ISO 8601) at which what serves now was deployed, and what served or was to serve besides; null: not known. */
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

/** A deployment that a clock says is yet to come has just been: our clock is behind. */
function agesWithinDay(instants: readonly string[], now: Date): number[] {
  return [...new Set(instants)]
    .map((at) => Math.max(0, now.getTime() - Date.parse(at)))
    .filter((milliseconds) => milliseconds < DAY_MILLISECONDS);
}

/** Which part of its owners' week an instant is in. A day on which nobody works is weekend at all hours. */
export function partOfWeekAt(now: Date, rules: CircumstanceRules): PartOfWeek {
  const clock = wallClockAt(now, rules.timeZone);
  if (!rules.workingDays.includes(clock.day)) return 'weekend';
  if (isWithin(clock, rules.workingHours)) return 'working-hours';
  return isWithin(clock, rules.night) ? 'night' : 'evening';
}

/** The circumstances that an audit entry tells, which holds them by their names; null where it tells none. */
export function circumstancesIn(facts: Readonly<Record<string, unknown>>): Circumstances | null {
  const names = Object.keys(Circumstances.shape);
  const told = Object.fromEntries(Object.entries(facts).filter(([name]) => names.includes(name)));
  return Circumstances.safeParse(told).data ?? null;
}
