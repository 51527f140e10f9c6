import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { AlarmState } from '#shared/ports/cloud.ts';
import type { ActionPlugin, ActionPorts, Grant, Observation, Verification, VerificationSchedule } from '../contract.ts';

/** CloudWatch shows composite alarms only to a caller with a grant on `*`; it is read-only. */
export const READ_ALARMS: Grant = { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] };

/** How often to poll an alarm after a change. */
export function alarmSchedule({ verification }: Configuration): VerificationSchedule {
  return { intervalSeconds: verification.alarmIntervalSeconds, maxPolls: verification.alarmMaxPolls };
}

/**
 * Observes an action that has not started: when its alarm is OK, there is no longer a reason for it. A missing alarm is not OK.
 */
export async function whileRinging(alarmName: string, { alarms }: Pick<ActionPorts, 'alarms'>): Promise<Observation> {
  const alarm = await alarms.read(alarmName);
  return alarm?.state === 'OK'
    ? { kind: 'superseded', reason: 'The alarm has returned to OK by itself.' }
    : { kind: 'not-started' };
}

/**
 * Verifies an action that was planned for an alarm. `failure`: why the change is not in place, because somebody else changed it. That ends the
 * verification and says nothing about the action, unless the alarm has recovered anyway.
 */
export async function verifyByAlarm(
  { alarmName }: { readonly alarmName: string },
  { ports, configuration }: Pick<Parameters<ActionPlugin['verify']>[2], 'ports' | 'configuration'>,
  failure: string | null = null,
): Promise<Verification> {
  const judged = judgeAlarm(await ports.alarms.read(alarmName), ports.clock.now(), configuration);
  return judged.state === 'recovered' || failure === null
    ? judged
    : { state: 'failed', summary: failure, inconclusive: true };
}

/**
 * Recovered when the alarm has been OK for as long as `alarmOkPolls` polls take. That time is measured from the alarm's own last change, so
 * nothing is stored between polls. A missing alarm (null) never recovers.
 */
export function judgeAlarm(alarm: AlarmState | null, now: Date, { verification }: Configuration): Verification {
  if (alarm === null) return { state: 'pending', summary: 'The alarm cannot be found.' };
  if (alarm.state !== 'OK') return { state: 'pending', summary: `The alarm is ${alarm.state}.` };
  const neededSeconds = (verification.alarmOkPolls - 1) * verification.alarmIntervalSeconds;
  const okSeconds = alarm.since === null ? 0 : (now.getTime() - Date.parse(alarm.since)) / 1000;
  return okSeconds >= neededSeconds
    ? { state: 'recovered', summary: `The alarm has been OK since ${alarm.since ?? 'now'}.` }
    : { state: 'pending', summary: `The alarm is OK, but not yet for ${neededSeconds} seconds.` };
}
