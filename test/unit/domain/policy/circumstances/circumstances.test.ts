import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CircumstanceRules } from '#shared/domain/policy/circumstances/circumstance-rules.ts';
import { circumstancesOf } from '#shared/domain/policy/circumstances/circumstances.ts';
import { isWithin, wallClockAt } from '#shared/domain/policy/circumstances/wall-clock.ts';
import { aConfiguration } from '#test/builders/index.ts';

const rules = (change: Partial<CircumstanceRules> = {}): CircumstanceRules =>
  aConfiguration({ policy: { circumstances: { timeZone: 'Europe/Berlin', ...change } } }).policy.circumstances;
const quiet = { deployment: null, load: 'unknown', incidentsInDay: 0 } as const;
const partAt = (at: string, change: Partial<CircumstanceRules> = {}) =>
  circumstancesOf({ now: new Date(at), ...quiet }, rules(change)).partOfWeek;

describe('the part of the week', () => {
  it.each([
    // Friday in winter: Berlin is an hour ahead of UTC.
    ['2026-11-20T06:59:59Z', 'evening'],
    ['2026-11-20T07:00:00Z', 'working-hours'],
    ['2026-11-20T16:59:59Z', 'working-hours'],
    ['2026-11-20T17:00:00Z', 'evening'],
    ['2026-11-20T21:00:00Z', 'night'],
    ['2026-11-20T22:59:59Z', 'night'],
    // Saturday begins an hour earlier than in UTC, and Monday, too.
    ['2026-11-20T23:00:00Z', 'weekend'],
    ['2026-11-22T22:59:59Z', 'weekend'],
    ['2026-11-22T23:00:00Z', 'night'],
    ['2026-11-23T05:00:00Z', 'evening'],
    // In summer two hours.
    ['2026-07-15T06:00:00Z', 'working-hours'],
    ['2026-07-15T05:59:59Z', 'evening'],
  ])('[D35] is by the clocks of the owners: %s is %s', (at, part) => {
    expect(partAt(at)).toBe(part);
  });

  it('keeps to the clock on the wall when clocks change', () => {
    // Working hours begin at 08:00, on the Friday before and on the Monday after.
    expect([partAt('2026-03-27T07:00:00Z'), partAt('2026-03-27T06:59:00Z')]).toEqual(['working-hours', 'evening']);
    expect([partAt('2026-03-30T06:00:00Z'), partAt('2026-03-30T05:59:00Z')]).toEqual(['working-hours', 'evening']);
    const duringNight = { workingDays: ['sun' as const], workingHours: { from: '02:00', to: '03:00' } };
    // On 29 March 2026 that hour does not exist, on 25 October it comes twice.
    const seen = (day: string, hours: string[]) => hours.map((hour) => partAt(`${day}T${hour}:30:00Z`, duringNight));
    expect(seen('2026-03-29', ['00', '01'])).not.toContain('working-hours');
    expect(seen('2026-10-25', ['00', '01'])).toEqual(['working-hours', 'working-hours']);
    expect(seen('2026-10-25', ['02'])).not.toContain('working-hours');
  });

  it('may have working hours that go past midnight, and no weekend', () => {
    const change = {
      workingDays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as CircumstanceRules['workingDays'],
      workingHours: { from: '20:00', to: '04:00' },
    };
    expect(partAt('2026-11-21T23:00:00Z', change)).toBe('working-hours');
    expect(partAt('2026-11-22T02:59:59Z', change)).toBe('working-hours');
    expect(partAt('2026-11-22T03:00:00Z', change)).toBe('night');
  });

  it('goes back with a clock that is set back, and is refused for no time at all', () => {
    expect([partAt('2026-11-20T12:00:00Z'), partAt('2026-11-21T12:00:00Z'), partAt('2026-11-20T12:00:00Z')]).toEqual([
      'working-hours',
      'weekend',
      'working-hours',
    ]);
    expect(() => circumstancesOf({ now: new Date(Number.NaN), ...quiet }, rules())).toThrow(RangeError);
  });
});

describe('a clock on the wall', () => {
  const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', '+05:30');

  it('shows one time at each instant, which a window that begins then and ends a minute later holds', () => {
    fc.assert(
      fc.property(instant, zone, (at, timeZone) => {
        const clock = wallClockAt(at, timeZone);
        const text = (minute: number) =>
          `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const window = { from: text(clock.minute), to: text(clock.minute + 1) };
        expect(isWithin(clock, window, [clock.day])).toBe(true);
        // The rest of the week is the other side of it, past midnight.
        const next = window.to === '24:00' ? '00:00' : window.to;
        expect(isWithin(clock, { from: next, to: window.from })).toBe(false);
      }),
    );
  });

  it('agrees with the offset that ISO 8601 names', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -11, max: 11 }), (at, hours) => {
        const offset = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
        const shifted = new Date(at.getTime() + hours * 3_600_000);
        const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][shifted.getUTCDay()];
        const minute = shifted.getUTCHours() * 60 + shifted.getUTCMinutes();
        expect(wallClockAt(at, offset)).toEqual({ day, minute });
      }),
    );
  });
});

describe('circumstances', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const around = { now, load: 'high', incidentsInDay: 3 } as const;

  it('[D35] hold the time of day, the load, recent deployments and the incidents of a day', () => {
    const others = ['2026-11-20T11:50:00Z', '2026-11-19T12:00:01Z', '2026-11-19T12:00:00Z'];
    const deployment = { at: '2026-11-20T11:45:00Z', others };
    expect(circumstancesOf({ ...around, deployment }, rules())).toEqual({
      partOfWeek: 'working-hours',
      load: 'high',
      recentDeployments: 3,
      minutesSinceDeployment: 15,
      incidentsInDay: 3,
    });
  });

  it('take a deployment that is yet to come for one of this minute: a clock is behind', () => {
    const deployment = { at: '2026-11-21T12:00:00Z', others: [] };
    expect(circumstancesOf({ ...around, deployment }, rules())).toMatchObject({
      recentDeployments: 1,
      minutesSinceDeployment: 0,
    });
  });

  it('tell a service that nobody deployed from one of which nothing is known', () => {
    const old = { at: '2026-10-20T12:00:00Z', others: [] };
    const of = (deployment: typeof old | null) => circumstancesOf({ ...around, deployment }, rules());
    expect(of(old)).toMatchObject({ recentDeployments: 0, minutesSinceDeployment: null });
    expect(of(null)).toMatchObject({ recentDeployments: null, minutesSinceDeployment: null });
  });
});
