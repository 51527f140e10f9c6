import type { Telemetry } from '../evidence/telemetry.ts';
import type { TargetContext } from '../incident/target-context.ts';

/** How telemetry shows that the target is healthy again, in plain words; null when it does not. */
export function recoveryOf(target: TargetContext, { facts }: Telemetry): string | null {
  if (target.kind === 'alarm' && facts.kind === 'alarm' && facts.state === 'OK') {
    return `The alarm is OK again${facts.stateSince === null ? '' : ` since ${facts.stateSince}`}.`;
  }
  if (target.kind === 'github-run' && facts.kind === 'github-run' && facts.attempt > target.runAttempt) {
    return facts.conclusion === 'success' ? `Attempt ${facts.attempt} of the run passed.` : null;
  }
  return null;
}
