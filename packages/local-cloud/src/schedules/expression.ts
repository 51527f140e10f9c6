/** A schedule expression that EventBridge would refuse. */
class InvalidSchedule extends Error {
  override readonly name = 'InvalidSchedule';
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const HORIZON_MS = 5 * 366 * 86_400_000;

/** Returns the next instant after the given one (epoch milliseconds), or null when there is none. */
export type Schedule = (after: number) => number | null;

/**
 * Reads `rate(...)`, `cron(...)` (UTC) or `at(...)` (EventBridge User Guide, "Schedule expressions").
 * Throws `InvalidSchedule`. The cron letters `L`, `W` and `#` are not supported.
 */
export function parseSchedule(expression: string): Schedule {
  const [, kind, content = ''] = /^(rate|cron|at)\((.+)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rate(content, expression);
  if (kind === 'at') {
    const instant = Date.parse(`${content}Z`);
    if (Number.isNaN(instant)) throw new InvalidSchedule(`${expression}: not a valid time.`);
    return (after) => (instant > after ? instant : null);
  }
  if (kind === 'cron') return cron(content.trim().split(/\s+/), expression);
  throw new InvalidSchedule(`${expression} is neither rate(...), cron(...) nor at(...).`);
}

function rate(content: string, expression: string): Schedule {
  const [, count, unit = ''] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(content) ?? [];
  const unitMs = UNIT_MS[unit];
  if (count === undefined || unitMs === undefined) throw new InvalidSchedule(`${expression}: not a valid rate.`);
  return (after) => after + Number(count) * unitMs;
}

function cron(fields: readonly string[], expression: string): Schedule {
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6) throw new InvalidSchedule(`${expression} needs six fields.`);
  const allowed = {
    minute: values(minute, 0, 59, [], expression),
    hour: values(hour, 0, 23, [], expression),
    dayOfMonth: values(dayOfMonth, 1, 31, [], expression),
    month: values(month, 1, 12, ['', ...MONTHS], expression),
    dayOfWeek: values(dayOfWeek, 1, 7, ['', ...DAYS], expression),
    year: values(year, 1970, 2199, [], expression),
  };
  return (after) => {
    const at = new Date(Math.floor(after / 60_000) * 60_000 + 60_000);
    while (at.getTime() - after < HORIZON_MS) {
      const dayFits =
        allowed.year(at.getUTCFullYear()) &&
        allowed.month(at.getUTCMonth() + 1) &&
        allowed.dayOfMonth(at.getUTCDate()) &&
        allowed.dayOfWeek(at.getUTCDay() + 1);
      if (!dayFits) at.setUTCHours(24, 0, 0, 0);
      else if (!allowed.hour(at.getUTCHours())) at.setUTCMinutes(60, 0, 0);
      else if (!allowed.minute(at.getUTCMinutes())) at.setUTCMinutes(at.getUTCMinutes() + 1);
      else return at.getTime();
    }
    return null;
  };
}

function values(
  field: string | undefined,
  lowest: number,
  highest: number,
  names: readonly string[],
  expression: string,
) {
  const number = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const value = named > 0 ? named : Number(text);
    if (!/^\w+$/.test(text) || !Number.isInteger(value) || value < lowest || value > highest) {
      throw new InvalidSchedule(`${expression}: ${text} is not in ${lowest}-${highest}.`);
    }
    return value;
  };
  if (field === '*' || field === '?') return () => true;
  const allowed = new Set<number>();
  for (const part of (field ?? '').split(',')) {
    const [range = '', step] = part.split('/');
    const [from, to] = range === '*' ? [lowest, highest] : range.split('-').map(number);
    const last = to ?? (step === undefined ? from : highest);
    for (let value = from ?? lowest; value <= (last ?? lowest); value += step === undefined ? 1 : Number(step) || 1) {
      allowed.add(value);
    }
  }
  return (value: number) => allowed.has(value);
}
