import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { AlarmTarget } from '#shared/domain/incident/target-context.ts';
import type { AlarmReader, AlarmState } from '#shared/ports/cloud.ts';

/** The two times come from different clocks of CloudWatch. An alarm does not change twice within a second. */
const CLOCK_DIFFERENCE_MILLISECONDS = 1_000;

/** Whether a state is from before the alarm went off: CloudWatch shows a change later than it tells of it. */
export function isOutdated({ state, since }: AlarmState, { changedAt }: AlarmTarget): boolean {
  if (state === 'ALARM' || since === null) return false;
  return Date.parse(since) < Date.parse(changedAt) - CLOCK_DIFFERENCE_MILLISECONDS;
}

/** Reads alarms, and the one of the target as its event has it for as long as CloudWatch shows a state from before: that is no recovery. */
export function alarmsSince(target: AlarmTarget, alarms: AlarmReader): AlarmReader {
  return {
    async read(alarmName) {
      const state = await alarms.read(alarmName);
      if (state === null || alarmName !== alarmNameOf(target) || !isOutdated(state, target)) return state;
      return { ...state, state: 'ALARM', since: target.changedAt };
    },
  };
}
