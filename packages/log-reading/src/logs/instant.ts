/** A timestamp in a log line. `end` is exclusive; both are positions in the line. */
export interface Instant {
  readonly start: number;
  readonly end: number;
  /**
   * Milliseconds since the epoch for `absolute`; the same, as if the clock showed UTC, for `local`; within a year for
   * `yearless` and within a day for `clock`. Instants of different precision cannot be compared, except for the first
   * two.
   */
  readonly milliseconds: number;
  readonly precision: 'absolute' | 'local' | 'yearless' | 'clock';
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(?<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const DAY = '(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?';
const CLOCK =
  '(?<hour>\\d{1,2}):(?<minute>\\d\\d):(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?(?: ?(?<half>[AP]M))?';
const ZONE = '(?: ?(?<zone>Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)\\b)?';
const LEFT = '(?<![\\w.:/-])';

/** Layouts, longest first: ISO 8601, syslog (RFC 3164 and 5424), RFC 5322, Apache, java.util.logging, Tomcat, klog, logcat and others. */
const LAYOUTS: readonly RegExp[] = [
  `${LEFT}(?<year>\\d{4})[-/.](?<month>\\d\\d)[-/.](?<day>\\d\\d)(?:T| {1,2}|_|-)${CLOCK}${ZONE}`,
  `${LEFT}(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)[T -]?(?<hour>\\d\\d):?(?<minute>\\d\\d):?(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?${ZONE}(?!\\d)`,
  `${LEFT}${DAY}(?<day>\\d{1,2})[ /-]${MONTH}[ /-](?<year>\\d{4})[ :]${CLOCK}${ZONE}`,
  `${LEFT}${DAY}${MONTH} {1,2}(?<day>\\d{1,2}),? (?<year>\\d{4}) (?:at )?${CLOCK}${ZONE}`,
  `${LEFT}${DAY}${MONTH} {1,2}(?<day>\\d{1,2}),? ${CLOCK}(?: (?:UTC|GMT|[A-Z]{3,4}))?(?: (?<year>\\d{4})\\b)?`,
  `${LEFT}(?<day>\\d\\d)\\.(?<month>\\d\\d)\\.(?<year>\\d{4}) ${CLOCK}`,
  `${LEFT}(?<year>\\d\\d)/(?<month>\\d\\d)/(?<day>\\d\\d) ${CLOCK}`,
  `${LEFT}(?<year>\\d\\d)(?<month>\\d\\d)(?<day>\\d\\d) (?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)(?= )`,
  `(?<![\\w.:/])[IWEF](?<month>\\d\\d)(?<day>\\d\\d) ${CLOCK}`,
  `${LEFT}(?<month>\\d\\d)[-.](?<day>\\d\\d) ${CLOCK}`,
  `(?:^|[\\[(]|\\b(?:ts|time|timestamp|date|epoch|at)["']?[=:] ?["']?)(?<epoch>1\\d{9}(?:\\.\\d{1,9}|\\d{3}(?:\\d{3}(?:\\d{3})?)?)?)(?=[\\]),:;"'\\s]|$)`,
  `${LEFT}${CLOCK}(?![\\d:])`,
].map((layout) => new RegExp(layout, layout.includes('<epoch>') ? 'gd' : 'g'));
/** A part of every timestamp. */
const MAY_HAVE = /\d:\d\d:\d\d|\d{8}|\d{6} \d{6} /;

type Groups = Readonly<Record<string, string | undefined>>;
const DAY_MILLISECONDS = 86_400_000;
/** Two-digit years: POSIX assigns 69 and above to the last century. */
const CENTURY_TURNS = 69;

function clockOf({ hour = '0', minute = '0', second = '0', fraction = '', half }: Groups): number | null {
  const written = Number(hour);
  if (written > 23 || Number(minute) > 59 || Number(second) > 60 || (half !== undefined && written > 12)) return null;
  const hours = half === undefined ? written : (written % 12) + (half === 'PM' ? 12 : 0);
  const seconds = (hours * 60 + Number(minute)) * 60 + Number(second);
  return seconds * 1000 + Math.floor(Number(`0.${fraction || '0'}`) * 1000 + 1e-6);
}

function yearOf(year: string): number {
  const value = Number(year);
  if (year.length === 4) return value;
  return value >= CENTURY_TURNS ? 1900 + value : 2000 + value;
}

/** Milliseconds that the zone is ahead of UTC; null when none is written. */
function aheadOf(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (offset === null) return 0;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return (offset[1] === '-' ? -1 : 1) * minutes * 60_000;
}

function ofEpoch(epoch: string): number {
  const whole = epoch.split('.')[0] ?? '';
  const scale = 10 ** (13 - whole.length);
  return Math.floor(Number(epoch) * scale);
}

type Moment = Pick<Instant, 'milliseconds' | 'precision'>;

function momentOf(groups: Groups): Moment | null {
  if (groups.epoch !== undefined) return { milliseconds: ofEpoch(groups.epoch), precision: 'absolute' };
  const clock = clockOf(groups);
  if (clock === null) return null;
  const { name, month, day, year } = groups;
  if (day === undefined) return { milliseconds: clock, precision: 'clock' };
  const monthIndex = name === undefined ? Number(month) - 1 : MONTHS.indexOf(name.toLowerCase());
  const dayNumber = Number(day);
  if (monthIndex < 0 || monthIndex > 11 || dayNumber < 1 || dayNumber > 31) return null;
  // Without a year, days are counted in a leap year, so that every day exists.
  if (year === undefined) {
    return {
      milliseconds: Date.UTC(1972, monthIndex, dayNumber) - 2 * 365 * DAY_MILLISECONDS + clock,
      precision: 'yearless',
    };
  }
  const written = Date.UTC(yearOf(year), monthIndex, dayNumber) + clock;
  const ahead = aheadOf(groups.zone);
  if (ahead === null) return { milliseconds: written, precision: 'local' };
  return { milliseconds: written - ahead, precision: 'absolute' };
}

function instantOf(match: RegExpExecArray): Instant | null {
  const moment = momentOf(match.groups ?? {});
  if (moment === null) return null;
  const [start, end] = match.indices?.groups?.epoch ?? [match.index, match.index + match[0].length];
  return { start, end, ...moment };
}

/**
 * All timestamps in the text, in order, without duplicates. Linear: each layout is bounded and tried once along the
 * text.
 */
export function instantsIn(text: string): Instant[] {
  const found: Instant[] = [];
  if (!MAY_HAVE.test(text)) return found;
  for (const layout of LAYOUTS) {
    layout.lastIndex = 0;
    // Not `matchAll`, which copies the pattern.
    for (let match = layout.exec(text); match !== null; match = layout.exec(text)) {
      const instant = instantOf(match);
      if (instant === null) continue;
      if (!found.some(({ start, end }) => instant.start < end && start < instant.end)) found.push(instant);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** A line's own time is within these first characters; further on it is a time that the message mentions. */
const HEADER = 48;

/** When the line was written: the timestamp in its head, or null. */
export function instantOfLine(text: string): Instant | null {
  const first = instantsIn(text.slice(0, HEADER + 48))[0];
  return first === undefined || first.start > HEADER ? null : first;
}
