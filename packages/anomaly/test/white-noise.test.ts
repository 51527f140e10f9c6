import { makeMetricDetector } from '@selfheal/anomaly/metric-detector.ts';
import { makeWhiteNoiseTest } from '@selfheal/anomaly/white-noise.ts';
import { describe, expect, it } from 'vitest';
import { normals, seeded } from './series.ts';

const DAYS = 30;

function alarmsIn(values: readonly number[]): number[] {
  const detector = makeMetricDetector();
  return values.flatMap((value, row) => (detector.next(value).anomalous ? [row] : []));
}

/** A month of noise, with or without a wave of a day. */
function month(minutes: number, noise: () => number, wave = 0): number[] {
  const rowsOfDay = 1440 / minutes;
  return Array.from(
    { length: DAYS * rowsOfDay },
    (_, row) => 100 + wave * Math.sin((2 * Math.PI * row) / rowsOfDay) + noise(),
  );
}
const uniform = (seed: number): (() => number) => {
  const random = seeded(seed);
  return () => 3.4 * random() - 1.7;
};

describe('white noise', () => {
  it.each([
    [5, 0],
    [5, 3],
    [15, 0],
    [15, 3],
    [60, 0],
    [60, 3],
  ])('raises at most one alarm a month: a row each %d minutes, a daily wave of %d', (minutes, wave) => {
    for (const seed of [1, 2, 3]) {
      expect(alarmsIn(month(minutes, normals(seed), wave)).length).toBeLessThanOrEqual(1);
      expect(alarmsIn(month(minutes, uniform(seed), wave)).length).toBeLessThanOrEqual(1);
    }
  });

  it.each([5, 10, 30])('shows a level shift of %d deviations as one event, soon after it', (shift) => {
    for (const seed of [1, 2, 3]) {
      const normal = normals(seed);
      const values = Array.from({ length: 2_000 }, (_, row) => 100 + normal() + (row < 1_500 ? 0 : shift));
      const found = alarmsIn(values).filter((row) => row >= 1_500);
      expect(found).toHaveLength(1);
      expect(found[0]).toBeLessThan(1_510);
    }
  });

  it('is told from what moves, and from values that stand out', () => {
    const tell = (valueAt: (row: number) => number): boolean => {
      const test = makeWhiteNoiseTest(500);
      for (let row = 0; row < 1_000; row += 1) test.next(valueAt(row), undefined);
      return test.isNoise();
    };
    const normal = normals(7);
    expect(tell(() => normal())).toBe(true);
    expect(tell((row) => 5 * Math.sin(row / 50) + normal())).toBe(false);
    let walk = 0;
    expect(tell(() => (walk += normal()))).toBe(false);
    expect(tell((row) => (row % 97 === 0 ? 40 : 0.1 * normal()))).toBe(false);
    expect(tell(() => 3)).toBe(false);
  });
});
