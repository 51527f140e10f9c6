import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../src/schedules/expression.ts';

const from = Date.UTC(2026, 1, 27, 23, 59, 30);
const next = (expression: string) => {
  const at = parseSchedule(expression)(from);
  return at === null ? null : new Date(at).toISOString();
};

describe('schedule expressions', () => {
  it.each([
    ['rate(5 minutes)', '2026-02-28T00:04:30.000Z'],
    ['rate(1 day)', '2026-02-28T23:59:30.000Z'],
    ['cron(0 12 * * ? *)', '2026-02-28T12:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-02-28T00:00:00.000Z'],
    ['cron(30 8 ? * MON-FRI *)', '2026-03-02T08:30:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00.000Z'],
    ['cron(0 0 1 1,JUL ? *)', '2026-07-01T00:00:00.000Z'],
    ['at(2026-03-01T10:00:00)', '2026-03-01T10:00:00.000Z'],
    ['at(2020-03-01T10:00:00)', null],
  ])('%s comes next at %s', (expression, expected) => {
    expect(next(expression)).toBe(expected);
  });

  it.each(['rate(0 minutes)', 'rate(5 weeks)', 'cron(61 * * * ? *)', 'cron(* * *)', 'every day', 'cron(x * * * ? *)'])(
    'refuses %s',
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow(expression);
    },
  );
});
