import * as z from 'zod';
import { alarmArnAt, alarmNameIn, type Home } from '../incident/home.ts';
import type { Prediction } from './prediction.ts';

/** How available a service was, by its alarms that rang. */
export const ServiceLevel = z.object({
  service: z.string(),
  incidents: z.number().int(),
  open: z.number().int(),
  /** Healed by Selfheal or by itself. */
  resolved: z.number().int(),
  /** Handed to people: how long they took is not known here. */
  escalated: z.number().int(),
  meanMinutesToResolve: z.number().nullable(),
  /** Minutes in which at least one alarm's incident was open. */
  downMinutes: z.number(),
  /** Share of the period without an open incident; an upper bound where incidents were handed to people. */
  availability: z.number(),
  objective: z.number(),
  met: z.boolean(),
  /** What the objective still allows in the period; negative when it is missed. */
  budgetLeftMinutes: z.number(),
});
export type ServiceLevel = z.infer<typeof ServiceLevel>;

export interface LevelPeriod {
  readonly from: Date;
  readonly to: Date;
  /** Wanted availability, 0 to 1. */
  readonly objective: number;
}

const MINUTE_MS = 60_000;

/**
 * The level of one service in a period, from what became of the incidents of its alarms at `home`: alarms of the same name elsewhere are
 * others'. An incident that was opened again counts once, by its latest attempt, and was down in each of them; a duplicate of another one
 * adds to the time, not to the number.
 */
export function serviceLevelOf(
  { id, alarms }: { readonly id: string; readonly alarms: readonly string[] },
  predictions: readonly Prediction[],
  { from, to, objective }: LevelPeriod,
  home: Home | undefined,
): ServiceLevel {
  const names = new Set(alarms);
  const own = predictions
    .filter(({ scope }) => isOf(scope, names, home))
    .map(({ incidentId, attempt, openedAt, at, ending }) => {
      // A later attempt began when the alarm rang again, which is little before it was classified.
      const opened = Date.parse(attempt === 1 ? openedAt : at);
      const ended = ending === undefined ? null : Date.parse(ending.at);
      return {
        incidentId,
        attempt,
        status: ending?.status ?? null,
        begin: Math.max(from.getTime(), opened),
        end: Math.min(to.getTime(), ended ?? to.getTime()),
        minutes: ended === null ? null : (ended - opened) / MINUTE_MS,
      };
    })
    .filter(({ begin, end }) => begin <= end && end >= from.getTime());
  const period = (to.getTime() - from.getTime()) / MINUTE_MS;
  const downMinutes = unionOf(own) / MINUTE_MS;
  const availability = period === 0 ? 1 : 1 - downMinutes / period;
  const latest = new Map(own.toSorted((a, b) => a.attempt - b.attempt).map((one) => [one.incidentId, one]));
  const incidents = [...latest.values()].filter(({ status }) => status !== 'linked');
  const resolved = incidents.filter(({ status }) => status === 'resolved');
  const times = resolved.flatMap(({ minutes }) => minutes ?? []);
  return {
    service: id,
    incidents: incidents.length,
    open: incidents.filter(({ status }) => status === null).length,
    resolved: resolved.length,
    escalated: incidents.filter(({ status }) => status === 'escalated').length,
    meanMinutesToResolve: times.length === 0 ? null : times.reduce((sum, one) => sum + one, 0) / times.length,
    downMinutes,
    availability,
    objective,
    met: availability >= objective,
    budgetLeftMinutes: (1 - objective) * period - downMinutes,
  };
}

function isOf(scope: string | null, names: ReadonlySet<string>, home: Home | undefined): boolean {
  const arn = /^alarm#(arn:.+)$/s.exec(scope ?? '')?.[1];
  if (arn === undefined) return false;
  const name = alarmNameIn(arn);
  // Without a known home an alarm counts by its name: better one too many than a service that seems available.
  return names.has(name) && (home === undefined || arn === alarmArnAt(home, name));
}

/** Milliseconds covered by at least one of the intervals. */
function unionOf(intervals: readonly { readonly begin: number; readonly end: number }[]): number {
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { begin, end } of [...intervals].sort((a, b) => a.begin - b.begin)) {
    covered += Math.max(0, end - Math.max(begin, reached));
    reached = Math.max(reached, end);
  }
  return covered;
}
