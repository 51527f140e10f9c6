import type { Configuration } from '../configuration/configuration.ts';
import { approvalMinutesOf } from '../policy/approval-settings.ts';

/** Time of a poll beyond its interval: the function's own, and some retries. */
const POLL_SECONDS = 15;
/**
 * Time of a round beyond approval and verification: planning, guarding, acting and undoing, with retries while GitHub
 * limits requests.
 */
const ROUND_SLACK_SECONDS = 2 * 60 * 60;
/** Time before the first round and after the last one. */
const AROUND_SECONDS = 3 * 60 * 60;

/**
 * Seconds that an execution may need when every action is tried, each is approved at the last moment, and none helps.
 * Each action is tried once per execution, so the number of rounds is bounded by `actions` (how many there are) and the
 * limit per incident.
 */
export function maxExecutionSeconds(configuration: Configuration, actions: number): number {
  const { policy, verification } = configuration;
  const approvalMinutes = approvalMinutesOf(configuration);
  const rounds = Math.max(1, Math.min(actions, policy.maxActionsPerIncident));
  const watching = Math.max(
    (verification.runIntervalSeconds + POLL_SECONDS) * verification.runMaxPolls,
    (verification.alarmIntervalSeconds + POLL_SECONDS) * verification.alarmMaxPolls,
  );
  return AROUND_SECONDS + rounds * (approvalMinutes * 60 + watching + ROUND_SLACK_SECONDS);
}
