import type { Day, Hours } from './circumstance-rules.ts';

/** Local time and day of the week. */
export interface WallClock {
  readonly day: Day;
  /** Since midnight in local time; an hour that is repeated in autumn has the same minutes twice. */
  readonly minute: number;
}

const DAYS: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * An instant in local time of a time zone (IANA name), by its rules at that instant; every instant has exactly one
 * local time, so daylight saving time needs no special case. Throws `RangeError` for an invalid instant or an unknown
 * time zone, so that decisions fail closed. Intl.DateTimeFormat: ECMA-402, section 11.
 */
export function wallClockAt(at: Date, timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = DAYS.find((one) => one === parts.weekday?.toLowerCase());
  const minute = Number(parts.hour) * 60 + Number(parts.minute);
  if (day === undefined || !Number.isInteger(minute))
    throw new RangeError(`Cannot tell the local time in time zone ${timeZone}.`);
  return { day, minute };
}

/** Whether the local time is within the hours (from inclusive, to exclusive) that begin on one of the days. */
export function isWithin({ day, minute }: WallClock, { from, to }: Hours, days: readonly Day[] = DAYS): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const begunToday = days.includes(day) && start <= minute && (minute < end || end < start);
  const begunYesterday = end < start && days.includes(dayBefore(day)) && minute < end;
  return begunToday || begunYesterday;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const dayBefore = (day: Day): Day => DAYS[(DAYS.indexOf(day) + 6) % 7] ?? day;
