import type { BoundAction } from '../plan/bound-action.ts';
import type { Fixes } from './fix-settings.ts';
import { isWriting } from './fix-settings.ts';
import type { LimitRule } from './limits.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** How often an action may write into one repository on one day (UTC); none for actions that do not. */
export function writeLimitRules(
  { actionId, target }: BoundAction,
  { maxPerDay }: Fixes,
  now: Date,
): readonly LimitRule[] {
  if (target.kind !== 'github-run' || !isWriting(actionId)) return [];
  const day = now.toISOString().slice(0, 10);
  return [
    {
      scope: `write:${actionId}:${target.repository.toLowerCase()}`,
      window: day,
      limit: maxPerDay,
      expiresAt: new Date(Date.parse(`${day}T00:00:00.000Z`) + DAY_MILLISECONDS),
      denial: `${actionId} was used ${maxPerDay} times in this repository today, as often as is allowed.`,
    },
  ];
}
