import type { Reading } from '@selfheal/anomaly/reading.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastExhaustion, type Limit } from '#shared/domain/capacity/forecast.ts';
import { noisy, normals } from '../../../../packages/anomaly/test/series.ts';

const STEP = 5 * 60_000;
const START = Date.UTC(2026, 10, 2);
const DAY_ROWS = 288;

const readingsOf = (values: readonly number[]): Reading[] =>
  values.map((value, row) => ({ at: START + row * STEP, value }));
const atMost = (value: number): Limit => ({ value, side: 'above' });
const rowOf = (at: number): number => (at - START) / STEP;

/** Values that remember the one before: what a lazy statistic takes for a trend. */
function remembering(rows: number, seed: number, memory: number): number[] {
  const normal = normals(seed);
  let value = 0;
  return Array.from({ length: rows }, () => {
    value = memory * value + Math.sqrt(1 - memory ** 2) * normal();
    return 40 + value;
  });
}

const daily = (row: number): number => Math.sin((2 * Math.PI * row) / DAY_ROWS);

describe('forecasting when a metric comes to its limit', () => {
  it('[C80] [D31] says when a leak is at its limit, with an interval that holds the truth', () => {
    const forecast = forecastExhaustion(readingsOf(noisy(DAY_ROWS, 1, (row) => 40 + 0.05 * row)), atMost(60));
    if (forecast.kind !== 'expected') throw new Error(forecast.kind);
    expect(rowOf(forecast.earliest)).toBeLessThan(400);
    expect(rowOf(forecast.latest)).toBeGreaterThan(400);
    expect(Math.abs(rowOf(forecast.likely) - 400)).toBeLessThan(10);
    expect(forecast.perHour).toBeCloseTo(0.6, 1);
  });

  it('holds the truth between the earliest and the latest time in nearly all of 200 leaks', () => {
    const held = Array.from({ length: 200 }, (_, seed) => {
      const forecast = forecastExhaustion(readingsOf(noisy(100, seed, (row) => 40 + 0.1 * row)), atMost(60));
      return forecast.kind === 'expected' && rowOf(forecast.earliest) <= 200 && rowOf(forecast.latest) >= 200;
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(195);
  });

  it('looks the other way for space that runs out', () => {
    const forecast = forecastExhaustion(readingsOf(noisy(DAY_ROWS, 2, (row) => 60 - 0.05 * row)), {
      value: 40,
      side: 'below',
    });
    if (forecast.kind !== 'expected') throw new Error(forecast.kind);
    expect(Math.abs(rowOf(forecast.likely) - 400)).toBeLessThan(10);
    expect(forecast.perHour).toBeLessThan(0);
  });

  it('sees a leak that began an hour ago in a week that was quiet', () => {
    const values = noisy(7 * DAY_ROWS, 3, (row) => 40 + Math.max(0, row - 7 * DAY_ROWS + 40) * 0.5);
    const forecast = forecastExhaustion(readingsOf(values), atMost(80));
    expect(forecast).toMatchObject({ kind: 'expected' });
  });

  it.each([
    ['a constant', () => 40],
    ['a rise at once that stays', (row: number) => (row < 250 ? 40 : 43)],
    ['a fall', (row: number) => 45 - 0.01 * row],
  ])('says nothing of %s', (_, level) => {
    for (let seed = 0; seed < 20; seed += 1) {
      expect(forecastExhaustion(readingsOf(noisy(DAY_ROWS, seed, level)), atMost(48)).kind).toBe('none');
    }
    expect(forecastExhaustion(readingsOf(noisy(DAY_ROWS, 1, level, 0)), atMost(48)).kind).toBe('none');
  });

  it('takes the cycle of a day out: the rise of every morning alarms nobody', () => {
    const morning = readingsOf(noisy(7 * DAY_ROWS + 20, 4, (row) => 40 + 20 * daily(row)));
    expect(forecastExhaustion(morning, atMost(66))).toMatchObject({ kind: 'none' });
  });

  it('sees a leak under the cycle of a day, and that the limit is reached when the day is at its highest', () => {
    const rows = 7 * DAY_ROWS;
    const leak = readingsOf(noisy(rows, 5, (row) => 40 + 10 * daily(row) + 0.02 * row));
    const forecast = forecastExhaustion(leak, atMost(100));
    if (forecast.kind !== 'expected') throw new Error(forecast.kind);
    const first = Array.from({ length: 4000 }, (_, row) => row).find((row) => 40 + 10 * daily(row) + 0.02 * row >= 100);
    expect(Math.abs(rowOf(forecast.likely) - (first ?? 0))).toBeLessThan(DAY_ROWS / 2);
  });

  it('counts from the last restart on', () => {
    const leak = readingsOf(noisy(DAY_ROWS, 6, (row) => 40 + ((row + 88) % 200) * 0.25));
    const forecast = forecastExhaustion(leak, atMost(95));
    if (forecast.kind !== 'expected') throw new Error(forecast.kind);
    expect(rowOf(forecast.from)).toBeGreaterThanOrEqual(110);
    expect(Math.abs(rowOf(forecast.likely) - (112 + 220))).toBeLessThan(15);
  });

  it('is quiet where the metric always fell back in time', () => {
    const collected = readingsOf(noisy(DAY_ROWS, 7, (row) => 40 + (row % 24)));
    expect(forecastExhaustion(collected, atMost(75))).toEqual({ kind: 'none', reason: 'resets-in-time' });
  });

  it('speaks when less is freed each time', () => {
    const collected = readingsOf(noisy(600, 8, (row) => 40 + (row % 24) + 0.03 * row));
    expect(forecastExhaustion(collected, atMost(85))).toMatchObject({ kind: 'expected' });
  });

  it('says that the limit is reached, of a fact and not of an outlier', () => {
    const values = noisy(100, 9, () => 90);
    expect(forecastExhaustion(readingsOf(values), atMost(85))).toMatchObject({ kind: 'reached' });
    const outlier = [...noisy(100, 9, () => 40), 99];
    expect(forecastExhaustion(readingsOf(outlier), atMost(85))).toMatchObject({ kind: 'none' });
  });

  it('does with values that are missing, out of order or not finite', () => {
    const leak = readingsOf(noisy(DAY_ROWS, 10, (row) => 40 + 0.05 * row));
    const thinned = leak.filter((_, row) => row % 3 !== 0 && !(row > 100 && row < 150)).reverse();
    const forecast = forecastExhaustion([...thinned, { at: START, value: Number.NaN }], atMost(60));
    if (forecast.kind !== 'expected') throw new Error(forecast.kind);
    expect(Math.abs(rowOf(forecast.likely) - 400)).toBeLessThan(15);
  });

  it('says nothing from a short history, of one instant, or farther away than four times what it saw', () => {
    const leak = (rows: number) => readingsOf(noisy(rows, 11, (row) => 40 + row, 0.1));
    expect(forecastExhaustion(leak(14), atMost(60))).toEqual({ kind: 'none', reason: 'too-short' });
    expect(forecastExhaustion([], atMost(60))).toEqual({ kind: 'none', reason: 'too-short' });
    expect(forecastExhaustion(leak(30), atMost(1000))).toEqual({ kind: 'none', reason: 'too-far' });
    const instant = leak(30).map(({ value }) => ({ at: START, value }));
    expect(forecastExhaustion(instant, atMost(100)).kind).toBe('none');
  });
});

describe('what the forecast says of chance', () => {
  it.each([
    ['white noise', (seed: number) => noisy(DAY_ROWS, seed, () => 40), 0],
    ['noise that remembers half', (seed: number) => remembering(DAY_ROWS, seed, 0.5), 1],
    ['noise that remembers most', (seed: number) => remembering(DAY_ROWS, seed, 0.9), 6],
  ])('are rare alarms in 300 days of %s whose limit is six deviations away', (_, make, most) => {
    const alarms = Array.from({ length: 300 }, (_, seed) => forecastExhaustion(readingsOf(make(seed)), atMost(46)));
    expect(alarms.filter(({ kind }) => kind === 'expected').length).toBeLessThanOrEqual(most);
  });

  it('give times that are ordered and not past, of whatever values', () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 15, maxLength: 120 });
    fc.assert(
      fc.property(values, fc.double({ min: 101, max: 1000, noNaN: true }), (given, limit) => {
        const forecast = forecastExhaustion(readingsOf(given), atMost(limit));
        const now = START + (given.length - 1) * STEP;
        const times = forecast.kind === 'expected' ? [now, forecast.earliest, forecast.likely, forecast.latest] : [now];
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});
