import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestThreshold, normalisedScore, probationRows, scoreSeries } from '#lab/eval/nab-scorer.ts';
import { windowedGaussianScores } from '#lab/eval/windowed-gaussian.ts';

const windows = [{ first: 300, last: 399 }];

function firing(rows: readonly number[], length = 1000) {
  return { scores: Array.from({ length }, (_, row) => (rows.includes(row) ? 1 : 0)), windows };
}

describe('the score of the anomaly benchmark', () => {
  it('is 0 for a detector that never fires and 100 for one that fires at the first row of each window only', () => {
    expect(normalisedScore([scoreSeries(firing([]), 0.5)])).toBe(0);
    expect(normalisedScore([scoreSeries(firing([300]), 0.5)])).toBeCloseTo(100, 9);
  });

  it('counts only the earliest detection in a window', () => {
    expect(scoreSeries(firing([350, 360, 399]), 0.5).raw).toBe(scoreSeries(firing([350]), 0.5).raw);
  });

  it('weighs a detection by the sigmoid of where in the window it comes', () => {
    const worth = (row: number) => scoreSeries(firing([row]), 0.5).raw;
    const sigmoid = (position: number) => 2 / (1 + Math.exp(5 * position)) - 1;
    expect(worth(350)).toBeCloseTo(sigmoid(-0.5) / sigmoid(-1), 12);
    expect(worth(399)).toBeCloseTo(sigmoid(-0.01) / sigmoid(-1), 12);
  });

  it('charges a false positive 0.11 before the first window and less shortly after one', () => {
    expect(scoreSeries(firing([300, 200]), 0.5).raw).toBeCloseTo(1 - 0.11, 9);
    const after = scoreSeries(firing([300, 410]), 0.5).raw;
    expect(after).toBeCloseTo(1 + 0.11 * (2 / (1 + Math.exp((5 * 11) / 99)) - 1), 9);
    expect(scoreSeries(firing([300, 999]), 0.5).raw).toBeCloseTo(1 - 0.11, 9);
  });

  it('does not look at the probationary rows: 15%, and at most 750', () => {
    expect(scoreSeries(firing([10, 149, 300]), 0.5).raw).toBeCloseTo(1, 9);
    expect(scoreSeries(firing([10, 150, 300]), 0.5).raw).toBeCloseTo(1 - 0.11, 9);
    expect(probationRows(22_695)).toBe(750);
  });

  it('finds the threshold that a search over all of them finds', () => {
    const score = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.array(score, { minLength: 60, maxLength: 90, size: 'max' }), (scores) => {
        const series = [{ scores, windows: [{ first: 20, last: 29 }] }];
        const rawAt = (threshold: number) => scoreSeries(series[0]!, threshold).raw;
        const best = Math.max(rawAt(Number.POSITIVE_INFINITY), ...[0, 1, 2, 3, 4, 5, 6].map(rawAt));
        expect(rawAt(bestThreshold(series))).toBeCloseTo(best, 9);
      }),
    );
  });
});

describe('the windowed Gaussian', () => {
  it('is the normal distribution function of a value under the mean and deviation of the rows before it', () => {
    const scores = windowedGaussianScores([9, 11, 9, 11, 10, 10, 10]);
    expect(scores[0]).toBe(0);
    expect(scores[4]).toBeCloseTo(0.5, 6);
    expect(windowedGaussianScores([9, 11, 9, 11, 11])[4]).toBeCloseTo(0.841345, 5);
    expect(windowedGaussianScores([9, 11, 9, 11, 8])[4]).toBeCloseTo(0.02275, 5);
  });

  it('slides by a hundred rows once it is full', () => {
    const values = Array.from({ length: 7000 }, (_, row) => (row % 2) + (row < 6400 ? 0 : 100));
    const scores = windowedGaussianScores(values);
    expect(scores[6401]).toBe(scores[6499]);
    expect(scores[6601]).toBeLessThan(scores[6401]!);
  });
});
