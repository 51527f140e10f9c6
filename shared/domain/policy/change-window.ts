import type { BoundAction } from '../plan/bound-action.ts';
import type { ChangeWindow, CircumstanceRules } from './circumstances/circumstance-rules.ts';
import { isWithin, wallClockAt } from './circumstances/wall-clock.ts';
import type { GovernedService, Policy } from './policy-settings.ts';

interface Moment {
  readonly service: GovernedService | null;
  readonly policy: Policy;
  readonly now: Date;
}

/**
 * Why a service may not be changed without asking at this moment: it has change windows (its own, otherwise those for
 * all), and none of them is open. Null when it may, and for anything that is not a service. Throws for an invalid
 * instant, so that it fails closed.
 */
export function outsideChangeWindows({ service, policy: { circumstances }, now }: Moment): string | null {
  const windows = service === null ? [] : (service.changeWindows ?? circumstances.changeWindows);
  if (service === null || windows.length === 0) return null;
  const clock = wallClockAt(now, circumstances.timeZone);
  if (windows.some((window) => isWithin(clock, window, window.days))) return null;
  return `It is outside the change windows of ${service.id} (${inWords(windows, circumstances)}).`;
}

/**
 * Checks change windows again right before an effect: an action that was planned or approved within a window does not
 * run outside of it, unless it was approved for that.
 */
export function judgeChangeWindow({ needsApproval }: Pick<BoundAction, 'needsApproval'>, moment: Moment): string[] {
  const outside = outsideChangeWindows(moment);
  if (outside === null) return [];
  const mayBeApproved = moment.policy.circumstances.outsideChangeWindows === 'approve';
  if (mayBeApproved && needsApproval?.outsideChangeWindow === true) return [];
  return [outside, ...(mayBeApproved ? ['No approval covers that.'] : [])];
}

const MAX_NAMED = 3;

function inWords(windows: readonly ChangeWindow[], { timeZone }: CircumstanceRules): string {
  const named = windows.slice(0, MAX_NAMED).map(({ days, from, to }) => `${daysInWords(days)}${from} to ${to}`);
  const more = windows.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}; ${timeZone}`;
}

const daysInWords = (days: ChangeWindow['days']): string => (days.length === 7 ? '' : `${days.join(', ')} `);
