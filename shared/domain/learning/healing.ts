import * as z from 'zod';
import { ActionOutcome } from './action-experience.ts';

/**
 * A watch over a resolved failure: resolved means that a verification succeeded, healed that the failure did not come
 * back. Keyed by "the same failure in the same place" (`fingerprintKeyOf`).
 */
export const HealingWatch = z.strictObject({
  version: z.literal(1),
  key: z.string().min(1).max(200),
  incidentId: z.string(),
  /** Of the incident when it was resolved. */
  attempt: z.number().int().positive(),
  state: z.enum(['watching', 'healed', 'recurred']),
  resolvedAt: z.iso.datetime(),
  /** When it counts as healed. */
  dueAt: z.iso.datetime(),
  /** The recorded outcome of the action that helped; null when it recovered by itself. */
  outcome: ActionOutcome.nullable(),
  /** The incident and time of the recurrence; null as long as there is none. */
  recurredAs: z.string().nullable(),
  recurredAt: z.iso.datetime().nullable(),
});
export type HealingWatch = z.infer<typeof HealingWatch>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A rounded duration: `3 days`, `1 hour`. */
export function spanWords(milliseconds: number): string {
  const [unit, name] =
    milliseconds >= 2 * DAY ? [DAY, 'day'] : milliseconds >= 2 * HOUR ? [HOUR, 'hour'] : [MINUTE, 'minute'];
  const count = Math.max(1, Math.round(milliseconds / Number(unit)));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
