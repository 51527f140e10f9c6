import type { Configuration } from '../configuration/configuration.ts';
import { approvalMinutesOf } from '../policy/approval-settings.ts';

/** Of a poll beyond its interval: the function's own time, and some of its repeats. */
const POLL_SECONDS = 15;
/** Of a round beyond approval and verification: planning, guarding, acting and undoing, with the repeats while GitHub limits requests. */
const ROUND_SLACK_SECONDS = 2 * 60 * 60;
/** Before the first round and after the last one. */
const AROUND_SECONDS = 3 * 60 * 60;

/**
 * Seconds that an execution may need when every action is tried, every one is approved at the last moment and none helps. Each action is
 * tried once in an execution, so `actions` (how many there are) and the limit per incident bound the rounds.
 */
export function longestExecutionSeconds(configuration: Configuration, actions: number): number {
  const { policy, verification } = configuration;
  const approvalMinutes = approvalMinutesOf(configuration);
  const rounds = Math.max(1, Math.min(actions, policy.maxActionsPerIncident));
  const watching = Math.max(
    (verification.runIntervalSeconds + POLL_SECONDS) * verification.runMaxPolls,
    (verification.alarmIntervalSeconds + POLL_SECONDS) * verification.alarmMaxPolls,
  );
  return AROUND_SECONDS + rounds * (approvalMinutes * 60 + watching + ROUND_SLACK_SECONDS);
}
