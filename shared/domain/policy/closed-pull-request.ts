import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { TargetContext } from '../incident/target-context.ts';

/** State of a pull request as the code host shows it. */
export type PullRequestState = 'open' | 'closed' | 'merged';

/** Why a pull request is left alone, in words; null while it is open. */
export function leftAlone(number: number, state: PullRequestState): string | null {
  return state === 'open' ? null : `Pull request #${number} was ${state} meanwhile: it is left alone.`;
}

/** Whether a reason is one of `leftAlone`. */
export const saysLeftAlone = (reason: string): boolean =>
  /^Pull request #\d+ was (?:closed|merged) meanwhile: it is left alone\.$/.test(reason);

/** Why a run's pull request is left alone, by what was read last; null for everything else. */
export function closedReason(target: TargetContext, { facts }: Telemetry): string | null {
  if (target.kind !== 'run' || target.pullRequest === null || facts.kind !== 'run') return null;
  return facts.pullRequest === null ? null : leftAlone(target.pullRequest, facts.pullRequest);
}
