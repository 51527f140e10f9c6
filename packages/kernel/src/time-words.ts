import { numberText } from './numbers/number-words.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `4 hours`, `1 hour 20 minutes`, `3 days`: a duration rounded to minutes; from two days on, to days. */
export function durationWords(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length >= 2 * DAY) return counted(Math.round(length / DAY), 'day');
  const minutes = Math.round(length / MINUTE);
  if (minutes < 1) return 'less than a minute';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return counted(rest, 'minute');
  return rest === 0 ? counted(hours, 'hour') : `${counted(hours, 'hour')} ${counted(rest, 'minute')}`;
}

/** `8 seconds`, `110 seconds`, `4 hours`: a measured time. Below two minutes in seconds, which `durationWords` rounds away. */
export function measuredTimeWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? counted(seconds, 'second') : durationWords(milliseconds);
}

/** `23 Nov 2026, 04:50 CET`: an instant in a time zone (IANA name). */
export function instantWords(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.day} ${parts.month} ${parts.year}, ${parts.hour}:${parts.minute} ${parts.timeZoneName}`;
}

/** `in 4 hours (23 Nov 2026, 04:50 CET)` or `12 minutes ago (...)`. */
export function relativeWords(at: Date, now: Date, timeZone: string): string {
  const distance = at.getTime() - now.getTime();
  const relative = distance >= 0 ? `in ${durationWords(distance)}` : `${durationWords(distance)} ago`;
  return `${relative} (${instantWords(at, timeZone)})`;
}

/** `1 run` or `1,300 runs`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}
