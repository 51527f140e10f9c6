import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { AlarmState } from '#shared/ports/cloud.ts';
import type { ActionPlugin, ActionPorts, Grant, Observation, Verification, VerificationSchedule } from '../contract.ts';

/** CloudWatch shows composite alarms only to a caller with a grant on `*`; it is read-only. */
export const READ_ALARMS: Grant = { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] };

/** How often to poll an alarm after a deployment was changed. */
export function alarmSchedule({ verification }: Configuration): VerificationSchedule {
  return { intervalSeconds: verification.alarmIntervalSeconds, maxPolls: verification.alarmMaxPolls };
}

/**
 * Observation of an action that has not started: once its alarm is OK there is no reason for it any more. A missing
 * alarm is not OK.
 */
export async function whileRinging(alarmName: string, { alarms }: Pick<ActionPorts, 'alarms'>): Promise<Observation> {
  const alarm = await alarms.read(alarmName);
  return alarm?.state === 'OK'
    ? { kind: 'superseded', reason: 'The alarm is OK again by itself.' }
    : { kind: 'not-started' };
}

/**
 * Verification of an action that an alarm asked for. `failure`: why the change is not in place; it has failed then,
 * unless the alarm has recovered all the same.
 */
export async function verifyByAlarm(
  { alarmName }: { readonly alarmName: string },
  { ports, configuration }: Pick<Parameters<ActionPlugin['verify']>[2], 'ports' | 'configuration'>,
  failure: string | null = null,
): Promise<Verification> {
  const judged = judgeAlarm(await ports.alarms.read(alarmName), ports.clock.now(), configuration);
  return judged.state === 'recovered' || failure === null ? judged : { state: 'failed', summary: failure };
}

/**
 * Recovered when the alarm has been OK for as long as `alarmOkPolls` polls take. The alarm's own time of its last
 * change says how long, so nothing has to be stored between polls. A missing alarm (null) never recovers.
 */
export function judgeAlarm(alarm: AlarmState | null, now: Date, { verification }: Configuration): Verification {
  if (alarm === null) return { state: 'pending', summary: 'The alarm cannot be found.' };
  if (alarm.state !== 'OK') return { state: 'pending', summary: `The alarm is ${alarm.state}.` };
  const neededSeconds = (verification.alarmOkPolls - 1) * verification.alarmIntervalSeconds;
  const okSeconds = alarm.since === null ? 0 : (now.getTime() - Date.parse(alarm.since)) / 1000;
  return okSeconds >= neededSeconds
    ? { state: 'recovered', summary: `The alarm is OK since ${alarm.since ?? 'now'}.` }
    : { state: 'pending', summary: `The alarm is OK, but not yet for ${neededSeconds} seconds.` };
}
