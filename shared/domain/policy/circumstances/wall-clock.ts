import type { Day, Hours } from './circumstance-rules.ts';

/** What a clock on the wall and a calendar beside it show. */
export interface WallClock {
  readonly day: Day;
  /** Since midnight, as the clock shows it: an hour that is repeated in autumn has the same minutes twice. */
  readonly minute: number;
}

const DAYS: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * An instant as people in the time zone (IANA name) read it, by its rules at that instant: summer time needs no care, because instants
 * have one reading each. Throws `RangeError` for no instant and for an unknown time zone, so that what is decided by it fails closed.
 * Intl.DateTimeFormat: ECMA-402, section 11.
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
  if (day === undefined || !Number.isInteger(minute)) throw new RangeError(`No clock can be read in ${timeZone}.`);
  return { day, minute };
}

/** Whether the clock shows a time within the hours (from inclusive, to exclusive) that begin on one of the days. */
export function isWithin({ day, minute }: WallClock, { from, to }: Hours, days: readonly Day[] = DAYS): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const begunToday = days.includes(day) && start <= minute && (minute < end || end < start);
  const begunYesterday = end < start && days.includes(dayBefore(day)) && minute < end;
  return begunToday || begunYesterday;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const dayBefore = (day: Day): Day => DAYS[(DAYS.indexOf(day) + 6) % 7] ?? day;
