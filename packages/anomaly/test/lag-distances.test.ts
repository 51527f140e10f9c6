import { makeHistory } from '@selfheal/anomaly/history.ts';
import { everyLag, makeLagDistances, seasonLags } from '@selfheal/anomaly/lag-distances.ts';
import { makeNearestValues } from '@selfheal/anomaly/nearest-values.ts';
import { makeSeasonLearner } from '@selfheal/anomaly/season.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noisy } from './series.ts';

/** The definition, by brute force. */
function nearest(values: readonly number[], width: number, lags: number, stride = 1): number {
  let best = Number.POSITIVE_INFINITY;
  for (let lag = Math.ceil(width / stride) * stride; lag <= Math.min(lags, values.length - width); lag += stride) {
    let sum = 0;
    for (let back = 1; back <= width; back += 1) {
      sum += ((values.at(-back) ?? 0) - (values.at(-back - lag) ?? 0)) ** 2;
    }
    best = Math.min(best, sum);
  }
  return best === Number.POSITIVE_INFINITY ? 0 : Math.sqrt(best / width);
}

describe('the distance to earlier stretches', () => {
  const anySeries = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 120, size: 'max' });
  const anyWidth = fc.integer({ min: 1, max: 9 });
  const anyLags = fc.integer({ min: 10, max: 40 });

  it('is that of the definition in every row', () => {
    fc.assert(
      fc.property(anySeries, anyWidth, anyLags, fc.integer({ min: 1, max: 4 }), (series, width, longest, stride) => {
        const history = makeHistory(longest + width + 1);
        const distances = makeLagDistances(history, width);
        const lags = everyLag(stride, longest);
        series.forEach((value, row) => {
          history.push(value);
          const expected = nearest(series.slice(0, row + 1), width, longest, stride);
          expect(distances.nearest(lags) ?? 0).toBeCloseTo(expected, 9);
        });
      }),
    );
  });

  it('is that of the definition among sorted values, which are searched from the latest outwards', () => {
    fc.assert(
      fc.property(anySeries, anyLags, (series, lags) => {
        const history = makeHistory(lags + 5);
        const values = makeNearestValues(history, lags);
        series.forEach((value, row) => {
          history.push(value);
          values.update();
          const known = series.slice(0, row + 1);
          expect(values.nearestValue()).toBe(nearest(known, 1, lags));
          expect(values.nearestSection()).toBeCloseTo(nearest(known, 3, lags), 9);
        });
      }),
    );
  });

  it('is exact again after a huge value has passed', () => {
    const series = noisy(1200, 1, (row) => (row === 300 ? 1e12 : 0));
    const history = makeHistory(150);
    const distances = makeLagDistances(history, 8);
    const lags = everyLag(1, 100);
    const last = series.map((value) => {
      history.push(value);
      return distances.nearest(lags);
    });
    expect(last.at(-1)).toBeCloseTo(nearest(series, 8, 100), 6);
  });

  it('counts only stretches of the same phase for the lags of a season, and is null before the first', () => {
    const history = makeHistory(200);
    const distances = makeLagDistances(history, 2);
    const lags = seasonLags(30, 100);
    const answers = Array.from({ length: 120 }, (_, row) => {
      history.push(row === 119 ? 15 : row % 30);
      return distances.nearest(lags);
    });
    expect(answers[20]).toBeNull();
    expect(answers[118]).toBe(0);
    expect(answers[119]).toBeGreaterThan(7);
    expect([...lags]).toEqual([...[30, 60, 90].flatMap((lag) => [-3, -2, -1, 0, 1, 2, 3].map((off) => lag + off))]);
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
