import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { MAX_POLLS } from '#shared/domain/configuration/configuration.ts';
import type { VerificationSchedule } from '../contract.ts';
import { alarmSchedule } from './alarm-verification.ts';

/** The function that alone may change the size of a database. */
export const SETS_DATABASE_SIZE = 'set-database-size';

/** Why a person approves each change of a database's size, whatever policy says. */
export const SIZE_APPROVAL_REASON = 'A database of another size costs more and may interrupt its users.';

/** Twice the time of other remedies: RDS takes minutes for a change before the alarm can show whether it helped. */
export function sizeSchedule(configuration: Configuration): VerificationSchedule {
  const { intervalSeconds, maxPolls } = alarmSchedule(configuration);
  return { intervalSeconds, maxPolls: Math.min(MAX_POLLS, maxPolls * 2) };
}
