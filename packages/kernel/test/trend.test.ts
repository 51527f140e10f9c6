import { describe, expect, it } from 'vitest';
import { deviationOf, medianOf, studentQuantile, withoutOutlier } from '../src/numbers/sample.ts';
import { normalTail, trendOf } from '../src/numbers/trend.ts';

const series = (values: readonly number[]) => values.map((value, at) => ({ at, value }));

describe('figures of small samples', () => {
  // Table values of Student's t, one-sided.
  it.each([
    [1, 0.05, 6.3138],
    [3, 0.01, 4.5407],
    [9, 0.02, 2.3984],
    [9, 0.01, 2.8214],
    [30, 0.025, 2.0423],
  ])('knows the quantile of t with %d degrees of freedom at %d', (freedom, tail, expected) => {
    expect(studentQuantile(freedom, tail)).toBeCloseTo(expected, 3);
  });

  it('leaves out one value that Grubbs calls an outlier, and no other', () => {
    expect(withoutOutlier([90, 91, 90, 92, 91, 90, 91, 92, 90, 20], 0.001)).toEqual([
      90, 91, 90, 92, 91, 90, 91, 92, 90,
    ]);
    expect(withoutOutlier([90, 91, 90, 92, 94], 0.001)).toHaveLength(5);
    expect(withoutOutlier([90, 91, 20], 0.001)).toHaveLength(3);
    expect(withoutOutlier([90, 90, 90, 90, 90, 90], 0.001)).toHaveLength(6);
  });

  it('computes deviation and median', () => {
    expect(deviationOf([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2.13809, 4);
    expect(deviationOf([3])).toBe(0);
    expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3])]).toEqual([2, 2.5]);
  });
});

describe('the trend of a series', () => {
  it('has the median slope, and a small p when nearly all pairs rise', () => {
    const trend = trendOf(series([1, 2, 3, 4, 5, 6, 7, 80, 9, 10]));
    expect(trend?.slope).toBeCloseTo(1, 6);
    // S = 41 of 45 pairs; Z = 40 / sqrt(125).
    expect(trend?.p).toBeCloseTo(2 * normalTail(40 / Math.sqrt(125)), 9);
    expect(trend?.p).toBeLessThan(0.001);
  });

  it('is none where all values are equal, and unknown for fewer than eight', () => {
    expect(trendOf(series([5, 5, 5, 5, 5, 5, 5, 5]))).toEqual({ slope: 0, p: expect.closeTo(1, 6) });
    expect(trendOf(series([1, 2, 3, 4, 5, 6, 7]))).toBeNull();
  });

  it('does not depend on the order in which values are given', () => {
    const values = series([3, 9, 4, 7, 1, 8, 2, 6, 5]);
    expect(trendOf(values.toReversed())).toEqual(trendOf(values));
  });

  it('uses tails of the normal distribution', () => {
    expect(normalTail(1.959964)).toBeCloseTo(0.025, 5);
    expect(normalTail(0)).toBeCloseTo(0.5, 6);
  });
});
