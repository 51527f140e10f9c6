import {
  type MetricAnomaly,
  type MetricDetectorOptions,
  makeMetricDetector,
} from '@selfheal/anomaly/metric-detector.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noisy } from './series.ts';

const small = { lags: 300, memory: 800 };

function judge(values: readonly number[], options: Partial<MetricDetectorOptions> = {}): MetricAnomaly[] {
  const detector = makeMetricDetector(options);
  return values.map((value) => detector.next(value));
}

/** Rows of the alarms from `first` on. */
function alarms(values: readonly number[], first = 0): number[] {
  return judge(values).flatMap(({ anomalous }, row) => (anomalous && row >= first ? [row] : []));
}

const daily = (row: number): number => 50 + 30 * Math.sin((2 * Math.PI * row) / 96);

describe('a metric detector', () => {
  it('gives a row the same answer whatever comes after it', () => {
    const value = fc.oneof(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.integer({ min: -3, max: 3 }),
      fc.constant(Number.NaN),
    );
    const rows = fc.array(value, { minLength: 0, maxLength: 250, size: 'max' });
    fc.assert(
      fc.property(rows, rows, rows, (past, future, other) => {
        const answers = judge([...past, ...future], small).slice(0, past.length);
        expect(judge([...past, ...other], small).slice(0, past.length)).toEqual(answers);
      }),
      { numRuns: 40 },
    );
  });

  it('gives a row of a long series the same answer whatever comes after it', () => {
    const past = noisy(1300, 1, daily);
    const answers = judge([...past, ...noisy(200, 2, () => 1e9)], small).slice(0, past.length);
    expect(judge([...past, ...noisy(200, 3, () => -4)], small).slice(0, past.length)).toEqual(answers);
  });

  it('scores between 0 and 1 and raises an alarm exactly from 0.5 on', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 100, maxLength: 300, size: 'max' }), (values) => {
        for (const { score, anomalous } of judge(values, small)) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(anomalous).toBe(score >= 0.5);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the unit the metric is measured in', () => {
    const values = noisy(900, 4, (row) => (row < 700 ? 10 : 25));
    const scaled = judge(values.map((value) => value * 1024));
    expect(scaled.map(({ anomalous }) => anomalous)).toEqual(judge(values).map(({ anomalous }) => anomalous));
  });

  it('raises an alarm at a spike and stays quiet in the cool-down', () => {
    const values = noisy(1000, 5, () => 100);
    values[800] = 140;
    values[803] = 138;
    const rows = alarms(values, 700);
    expect(rows[0]).toBe(800);
    expect(rows).not.toContain(803);
    expect(judge(values)[803]).toMatchObject({ anomalous: false });
  });

  it('lets a far worse anomaly break the cool-down', () => {
    const values = noisy(1000, 6, () => 100);
    values[800] = 108;
    values[805] = 900;
    expect(alarms(values, 780)).toContain(805);
  });

  it('raises an alarm within a few rows of a level shift, up and down', () => {
    for (const level of [112, 88]) {
      const [first] = alarms(
        noisy(1200, 7, (row) => (row < 900 ? 100 : level)),
        900,
      );
      expect(first).toBeLessThan(906);
    }
  });

  it('raises an alarm when a daily peak stays away, though its values are ordinary ones', () => {
    const values = noisy(1500, 8, (row) => (row >= 1248 && row < 1296 ? 20 : Math.max(20, daily(row))), 0.5);
    const [first] = alarms(values, 1200);
    expect(first).toBeGreaterThanOrEqual(1248);
    expect(first).toBeLessThan(1296);
    expect(judge(values)[first as number]?.reason).toMatch(/season|unseen/);
  });

  it('raises an alarm when a noisy series freezes', () => {
    const values = noisy(1000, 9, () => 50).map((value, row) => (row >= 800 ? 50.25 : value));
    const [first] = alarms(values, 780);
    expect(first).toBeGreaterThanOrEqual(800);
    expect(first).toBeLessThan(830);
    expect(judge(values)[first as number]?.reason).toBe('flat-line');
  });

  it('raises an alarm when the variance grows and the mean does not', () => {
    const wild = noisy(1000, 10, () => 0).map((value, row) => 50 + (row >= 800 ? 6 : 1) * value);
    const [first] = alarms(wild, 780);
    expect(first).toBeGreaterThanOrEqual(800);
    expect(first).toBeLessThan(820);
  });

  it('raises an alarm at a slow drift', () => {
    const values = noisy(1600, 11, (row) => 100 + Math.max(0, row - 1000) * 0.02);
    const [first] = alarms(values, 1000);
    expect(first).toBeGreaterThan(1000);
    expect(first).toBeLessThan(1500);
  });

  it('is quiet on steady noise, a steady season and a constant', () => {
    expect(alarms(noisy(5000, 12, () => 7)).length).toBeLessThanOrEqual(12);
    expect(alarms(noisy(2000, 13, daily), 400).length).toBeLessThanOrEqual(4);
    expect(alarms(Array.from({ length: 1000 }, () => 3))).toEqual([]);
  });

  it('passes over values that are not finite as if they had not been there', () => {
    const values = noisy(600, 14, daily);
    const holes = values.flatMap((value, row) => (row % 7 === 0 ? [Number.NaN, value] : [value]));
    const answers = judge(holes).filter((_, at) => Number.isFinite(holes[at]));
    expect(answers).toEqual(judge(values));
    expect(judge([1, Number.POSITIVE_INFINITY])[1]).toEqual({ score: 0, anomalous: false, reason: 'none' });
  });
});
