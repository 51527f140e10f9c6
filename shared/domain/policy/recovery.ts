import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { TargetContext } from '../incident/target-context.ts';
import type { ActionRecord } from '../plan/bound-action.ts';

/** Whether the target is healthy again, and how that is known. */
export type Recovery =
  | { readonly kind: 'none' }
  | { readonly kind: 'recovered'; readonly how: string }
  /** It looks healthy, but what made it so may have been undone since. */
  | { readonly kind: 'doubtful'; readonly why: string };

/**
 * State of the target by its telemetry and by what was done to it. An alarm lags behind its metric: an alarm that is OK
 * after a change was undone may be OK only because of that change, while the broken state is back.
 */
export function recoveryOf(
  target: TargetContext,
  { facts }: Telemetry,
  records: readonly Pick<ActionRecord, 'state' | 'actionId'>[],
): Recovery {
  if (target.kind === 'alarm' && facts.kind === 'alarm' && facts.state === 'OK') {
    const how = `The alarm is OK again${facts.stateSince === null ? '' : ` since ${facts.stateSince}`}.`;
    const undone = records.find(({ state }) => state === 'undone');
    return undone === undefined
      ? { kind: 'recovered', how }
      : {
          kind: 'doubtful',
          why: `${how} That may be due to ${undone.actionId}, which was undone: a human has to look.`,
        };
  }
  if (target.kind === 'run' && facts.kind === 'run' && facts.attempt > target.runAttempt) {
    if (facts.conclusion === 'success')
      return { kind: 'recovered', how: `Attempt ${facts.attempt} of the run passed.` };
  }
  return { kind: 'none' };
}
