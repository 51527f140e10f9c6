import type { BoundAction } from '../plan/bound-action.ts';
import type { Policy } from './policy-settings.ts';

export interface LimitRule {
  readonly scope: string;
  /** The window's own name: windows are fixed, so that an old one never has to be replaced. */
  readonly window: string;
  readonly limit: number;
  readonly expiresAt: Date;
  /** Why there is no unit left, in plain words. */
  readonly denial: string;
}

const HOUR_MILLISECONDS = 60 * 60 * 1000;
const INCIDENT_DAYS = 30;

/** Contributors can make runs be repeated; what production may need is not theirs to use up. */
const SHARE_OF_RUNS = 0.7;

/**
 * The limits an action takes one unit of each: its incident's, its target's of this clock hour, that of all workflow runs where it is
 * about one, and everybody's.
 */
export function limitRules(action: BoundAction, policy: Policy, now: Date): readonly LimitRule[] {
  const { maxActionsPerIncident, maxActionsPerTargetPerHour, maxActionsPerHour } = policy;
  const mostOfRuns = Math.ceil(maxActionsPerHour * SHARE_OF_RUNS);
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
      denial: `This incident had its ${maxActionsPerIncident} actions.`,
    },
    hourly(
      `target:${action.targetKey}`,
      maxActionsPerTargetPerHour,
      `${action.targetKey} was changed ${maxActionsPerTargetPerHour} times`,
    ),
    ...(action.target.kind === 'github-run'
      ? [
          hourly(
            'runs',
            mostOfRuns,
            `${mostOfRuns} actions about workflow runs, as many as are not kept for services, were executed`,
          ),
        ]
      : []),
    hourly('everything', maxActionsPerHour, `${maxActionsPerHour} actions were executed`),
  ];
}
