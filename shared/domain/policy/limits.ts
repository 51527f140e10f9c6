import type { BoundAction } from '../plan/bound-action.ts';
import type { Fixes } from './fix-settings.ts';
import type { Policy } from './policy-settings.ts';

export interface LimitRule {
  readonly scope: string;
  /** Id of the window: windows are fixed, so that an old one never has to be replaced. */
  readonly window: string;
  readonly limit: number;
  readonly expiresAt: Date;
  /** The message when the limit is reached. */
  readonly denial: string;
}

const HOUR_MILLISECONDS = 60 * 60 * 1000;
const INCIDENT_DAYS = 30;

/** Contributors can cause re-runs; they must not use up what production may need. */
const SHARE_OF_RUNS = 0.7;

/**
 * The limits of which an action takes one unit each: its incident's, its target's in this clock hour, that of all
 * workflow runs where it concerns one, and the overall limits of the hour and the day.
 */
export function limitRules(action: BoundAction, policy: Policy, now: Date): readonly LimitRule[] {
  const { maxActionsPerIncident, maxActionsPerTargetPerHour, maxActionsPerHour, maxActionsPerDay } = policy;
  const maxShareOfRuns = Math.ceil(maxActionsPerHour * SHARE_OF_RUNS);
  const hour = now.toISOString().slice(0, 13);
  const hourEnd = new Date(Date.parse(`${hour}:00:00.000Z`) + HOUR_MILLISECONDS);
  const hourly = (scope: string, limit: number, denial: string): LimitRule => ({
    scope,
    window: hour,
    limit,
    expiresAt: hourEnd,
    denial: `${denial} within this hour.`,
  });
  return [
    {
      scope: `incident:${action.incidentId}`,
      window: 'all',
      limit: maxActionsPerIncident,
      expiresAt: new Date(now.getTime() + INCIDENT_DAYS * 24 * HOUR_MILLISECONDS),
      denial: `The limit of ${maxActionsPerIncident} actions per incident is reached.`,
    },
    hourly(
      `target:${action.targetKey}`,
      maxActionsPerTargetPerHour,
      `${action.targetKey} was changed ${maxActionsPerTargetPerHour} times`,
    ),
    ...(action.target.kind === 'run'
      ? [
          hourly(
            'runs',
            maxShareOfRuns,
            `${maxShareOfRuns} actions about workflow runs, as many as are not kept for services, were executed`,
          ),
        ]
      : []),
    hourly('everything', maxActionsPerHour, `${maxActionsPerHour} actions were executed`),
    ...(maxActionsPerDay === null ? [] : [dailyRule('everything-today', maxActionsPerDay, now)]),
  ];
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

function dailyRule(scope: string, limit: number, now: Date): LimitRule {
  const day = now.toISOString().slice(0, 10);
  return {
    scope,
    window: day,
    limit,
    expiresAt: new Date(Date.parse(`${day}T00:00:00.000Z`) + DAY_MILLISECONDS),
    denial: `${limit} actions were executed within this day.`,
  };
}

/** Limit of writes into one repository per day (UTC). */
export function writeLimitRules(
  { actionId, target }: BoundAction,
  { maxPerDay }: Fixes,
  now: Date,
): readonly LimitRule[] {
  if (target.kind !== 'run') return [];
  const denial = `${actionId} was used ${maxPerDay} times in this repository today, as often as is allowed.`;
  return [{ ...dailyRule(`write:${actionId}:${target.repository.toLowerCase()}`, maxPerDay, now), denial }];
}
