import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeHistory } from '#shared/domain/anomaly/history.ts';
import { makeLagDistances } from '#shared/domain/anomaly/lag-distances.ts';
import { makeSeasonLearner } from '#shared/domain/anomaly/season.ts';
import { noisy } from './series.ts';

/** The definition, by brute force. */
function nearest(values: readonly number[], width: number, lags: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let lag = width; lag <= Math.min(lags, values.length - width); lag += 1) {
    let sum = 0;
    for (let back = 1; back <= width; back += 1) {
      sum += ((values.at(-back) ?? 0) - (values.at(-back - lag) ?? 0)) ** 2;
    }
    best = Math.min(best, sum);
  }
  return best === Number.POSITIVE_INFINITY ? 0 : Math.sqrt(best / width);
}

describe('the distance to earlier stretches', () => {
  it('is that of the definition in every row', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 }), (series, width, lags) => {
        const history = makeHistory(lags + width + 1);
        const distances = makeLagDistances(history, width, lags);
        series.forEach((value, row) => {
          history.push(value);
          distances.update();
          expect(distances.nearest()).toBeCloseTo(nearest(series.slice(0, row + 1), width, lags), 9);
        });
      }),
    );
  });

  it('is exact again after a huge value has passed', () => {
    const series = noisy(1200, 1, (row) => (row === 300 ? 1e12 : 0));
    const history = makeHistory(150);
    const distances = makeLagDistances(history, 8, 100);
    for (const value of series) {
      history.push(value);
      distances.update();
    }
    expect(distances.nearest()).toBeCloseTo(nearest(series, 8, 100), 6);
  });

  it('counts only stretches of the same phase when a period is given', () => {
    const history = makeHistory(200);
    const distances = makeLagDistances(history, 2, 100);
    for (let row = 0; row < 120; row += 1) {
      history.push(row === 119 ? 15 : row % 30);
      distances.update();
    }
    expect(distances.nearestInSeason(30)).toBeGreaterThan(7);
    expect(distances.nearest()).toBeLessThanOrEqual(distances.nearestInSeason(30));
  });
});

describe('the season learner', () => {
  function periodOf(values: readonly number[]): number | undefined {
    const season = makeSeasonLearner(400);
    for (const value of values) season.next(value);
    return season.period();
  }

  it('finds a period nobody told it, in noise', () => {
    for (const period of [24, 96, 144]) {
      const found = periodOf(noisy(900, period, (row) => 10 * Math.sin((2 * Math.PI * row) / period), 1.5));
      expect(Math.abs((found ?? 0) - period)).toBeLessThanOrEqual(2);
    }
  });

  it('finds none in noise, in a trend and in a constant', () => {
    expect(periodOf(noisy(900, 1, () => 0))).toBeUndefined();
    expect(periodOf(noisy(900, 2, (row) => row))).toBeUndefined();
    expect(periodOf(Array.from({ length: 500 }, () => 4))).toBeUndefined();
  });
});
