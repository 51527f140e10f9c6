import type { Retrier } from './definition.ts';

/** Errors that end an execution unless a catcher names them; wildcards do not match them. */
const TERMINAL = new Set(['States.DataLimitExceeded']);
/** Errors of the engine itself: Retry and Catch never match them. */
const UNCATCHABLE = new Set(['States.Runtime']);
const TIMEOUTS = new Set(['States.Timeout', 'States.HeartbeatTimeout']);

/** Whether an error always ends the execution, whatever the definition says. */
export function isUncatchable(error: string): boolean {
  return UNCATCHABLE.has(error);
}

/**
 * Whether a retrier or catcher matches an error. `States.ALL` matches all but terminal and runtime errors; `States.TaskFailed` the same
 * except `States.Timeout`; `States.Timeout` also a missed heartbeat.
 * Source: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows".
 */
export function matchesError(errorEquals: readonly string[], error: string): boolean {
  if (isUncatchable(error)) return false;
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return !TERMINAL.has(error);
    if (name === 'States.TaskFailed') return !TERMINAL.has(error) && error !== 'States.Timeout';
    return name === 'States.Timeout' && TIMEOUTS.has(error);
  });
}

/**
 * Seconds to wait before the next attempt.
 * @param used retries that this retrier has already used
 * @param random uniform in [0, 1), for full jitter
 */
export function retryDelaySeconds(retrier: Retrier, used: number, random: () => number): number {
  const delay = Math.min(retrier.intervalSeconds * retrier.backoffRate ** used, retrier.maxDelaySeconds ?? Infinity);
  return retrier.fullJitter ? delay * random() : delay;
}
