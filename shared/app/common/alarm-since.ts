import { Refused } from '@selfheal/kernel/errors.ts';
import type { AlarmFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { alarmArnOf } from '#shared/domain/incident/home.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { AlarmTarget } from '#shared/domain/incident/target-context.ts';
import type { AlarmReader, AlarmState, PlannedAlarmReader } from '#shared/ports/cloud.ts';

/** The two times come from different clocks of CloudWatch. An alarm does not change twice within a second. */
const CLOCK_DIFFERENCE_MILLISECONDS = 1_000;

/** Whether a state is from before the alarm went off: CloudWatch shows a change later than it tells of it. */
export function isOutdated({ state, since }: AlarmState, { changedAt }: AlarmTarget): boolean {
  if (state === 'ALARM' || since === null) return false;
  return Date.parse(since) < Date.parse(changedAt) - CLOCK_DIFFERENCE_MILLISECONDS;
}

/**
 * Reads the target's alarm by its ARN, and as its event has it for as long as CloudWatch shows a state from before: that
 * is no recovery. Null when there is no such alarm in the deployment's account and region.
 */
export async function readSince(target: AlarmTarget, alarms: AlarmReader): Promise<AlarmState | null> {
  const state = await alarms.read(alarmArnOf(target));
  return state === null || !isOutdated(state, target) ? state : { ...state, state: 'ALARM', since: target.changedAt };
}

/** What an alarm of another account or region says about itself; nothing is read for it. */
export function foreignFacts({ changedAt }: AlarmTarget): AlarmFacts {
  return { kind: 'alarm', state: 'ALARM', stateSince: changedAt, serviceId: null, deployment: null, resources: [] };
}

/** The alarm of a plan for its action, which knows it by name: plans are sealed with names. */
export function plannedAlarm(target: AlarmTarget, alarms: AlarmReader): PlannedAlarmReader {
  return {
    async read(alarmName) {
      if (alarmName === alarmNameOf(target)) return await readSince(target, alarms);
      throw new Refused(`The plan is about the alarm ${alarmNameOf(target)}, and its action asked for ${alarmName}.`);
    },
  };
}
