import * as z from 'zod';
import { Risk } from '../../plan/bound-action.ts';

const Day = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export type Day = z.infer<typeof Day>;

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 08:30');
const EndTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as 18:00, at most 24:00');

const span = { from: ClockTime, to: EndTime };
const hasLength = ({ from, to }: { readonly from: string; readonly to: string }): boolean => from !== to;
const lengthless = () => ({ path: ['to'], message: 'must differ from "from"; a whole day is 00:00 to 24:00' });

/** Hours of a day in local time. Hours that end before they begin last until the next day. */
const Hours = z.strictObject(span).refine(hasLength, lengthless());
export type Hours = z.infer<typeof Hours>;

/**
 * Times of a week in which changes are allowed. A window that goes past midnight belongs to the day on which it begins.
 */
export const ChangeWindow = z
  .strictObject({ days: z.array(Day).min(1).max(7).default(Day.options), ...span })
  .refine(hasLength, lengthless());
export type ChangeWindow = z.infer<typeof ChangeWindow>;

/** Part of the owners' week. `evening`: the time between working hours and night, on both sides. */
export const PartOfWeek = z.enum(['working-hours', 'evening', 'night', 'weekend']);
export type PartOfWeek = z.infer<typeof PartOfWeek>;

/**
 * When and under which circumstances a person is asked, in addition to the rest of the policy. Nothing here allows
 * anything.
 */
export const CircumstanceRules = z
  .strictObject({
    /** Name in the IANA database (`Europe/Berlin`) for all hours below, including daylight saving time. */
    timeZone: z
      .string()
      .refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Berlin')
      .default('UTC'),
    /** All other days are weekend. */
    workingDays: z.array(Day).max(7).default(['mon', 'tue', 'wed', 'thu', 'fri']),
    workingHours: Hours.default({ from: '08:00', to: '18:00' }),
    night: Hours.default({ from: '22:00', to: '06:00' }),
    /** For services without windows of their own; none: changes are allowed at all times. */
    changeWindows: z.array(ChangeWindow).max(50).default([]),
    /** Outside its windows a service is changed after an approval, or not at all. */
    outsideChangeWindows: z.enum(['approve', 'escalate']).default('approve'),
    /** Actions of these risks need an approval during these parts of the week. */
    askDuring: z
      .array(z.strictObject({ risks: z.array(Risk).min(1), during: z.array(PartOfWeek).min(1) }))
      .max(20)
      .default([]),
    /** For this long after a deployment, changes of the service's capacity or settings need an approval; 0: no rule. */
    askAfterDeploymentMinutes: z.number().int().min(0).max(1440).default(30),
    /** From this many deployments within a day on, every action counts as one risk level higher; null: never. */
    riskierFromDeploymentsInDay: z.number().int().min(1).max(50).nullable().default(null),
    /**
     * From this many other incidents of the same scope within a day on, every action counts as one risk level higher;
     * null: never.
     */
    riskierFromIncidentsInDay: z.number().int().min(1).max(25).nullable().default(null),
  })
  .prefault({});
export type CircumstanceRules = z.infer<typeof CircumstanceRules>;

/** Whether the runtime knows the time zone. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
