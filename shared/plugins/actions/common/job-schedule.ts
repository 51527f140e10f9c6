import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { VerificationSchedule } from '../contract.ts';

/** How often to ask a job system after a change: jobs run for longer than alarms ring. */
export function jobSchedule({ verification }: Configuration): VerificationSchedule {
  return { intervalSeconds: verification.jobIntervalSeconds, maxPolls: verification.jobMaxPolls };
}
