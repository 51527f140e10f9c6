import { calibrationError, errorsOfExact, f1Of, macroF1 } from '@selfheal/cli-kit/figures/class-measures.ts';
import { groupBootstrap, meanFigure, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { renderReport } from '@selfheal/cli-kit/figures/render.ts';
import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe("Wilson's interval", () => {
  it.each([
    [8, 10, 0.49, 0.943],
    [0, 10, 0, 0.278],
    [10, 10, 0.722, 1],
    [81, 263, 0.255, 0.366],
  ])('of %i in %i is what the literature gives', (hits, cases, low, high) => {
    const interval = wilsonInterval(hits, cases);
    expect(interval[0]).toBeCloseTo(low, 3);
    expect(interval[1]).toBeCloseTo(high, 3);
  });

  it('holds the share and stays between 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (cases, share) => {
        const hits = Math.floor(share * cases);
        const [low, high] = wilsonInterval(hits, cases);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(hits / cases + 1e-12);
        expect(high).toBeGreaterThanOrEqual(hits / cases - 1e-12);
      }),
    );
  });
});

describe('the bootstrap over repositories', () => {
  const many = Array.from({ length: 40 }, (_, at) => ({ group: `r${at}`, value: (at % 5) / 4 }));

  it('comes out the same every time', () => {
    expect(meanFigure('recall', many)).toEqual(meanFigure('recall', many));
  });

  it('is near the normal interval for independent cases', () => {
    const [figure] = meanFigure('recall', many);
    const half = 1.96 * Math.sqrt(0.125 / 40);
    expect(figure?.value).toBeCloseTo(0.5, 10);
    expect(figure?.interval?.[0]).toBeCloseTo(0.5 - half, 1);
    expect(figure?.interval?.[1]).toBeCloseTo(0.5 + half, 1);
  });

  it('is wider when the cases of a repository are alike', () => {
    const width = ([figure]: ReturnType<typeof meanFigure>): number => {
      const [low = 0, high = 0] = figure?.interval ?? [];
      return high - low;
    };
    const alike = many.flatMap((one) => Array.from({ length: 10 }, () => one));
    const independent = alike.map(({ value }, at) => ({ group: `r${at}`, value }));
    expect(width(meanFigure('recall', alike))).toBeGreaterThan(2 * width(meanFigure('recall', independent)));
  });

  it('is not claimed for a single case, and nothing is said of none', () => {
    expect(groupBootstrap([[1]], () => 1)).toBeUndefined();
    expect(meanFigure('recall', [{ group: 'a', value: 1 }])).toEqual([{ name: 'recall', value: 1, cases: 1 }]);
    expect(meanFigure('recall', [])).toEqual([]);
    expect(proportion('found', 0, 0)).toEqual([]);
  });
});

describe('measures of classes', () => {
  it('counts an answer that is always as sure as it is right as calibrated', () => {
    const judged = Array.from({ length: 10 }, (_, at) => ({ confidence: 0.8, right: at < 8 }));
    expect(calibrationError(judged)).toBeCloseTo(0, 10);
    expect(calibrationError(judged.map((one) => ({ ...one, confidence: 1 })))).toBeCloseTo(0.2, 10);
    expect(calibrationError([])).toBeNaN();
  });

  it('does not let errors of different confidence cancel out', () => {
    const judged = [
      { confidence: 0.95, right: false },
      { confidence: 0.05, right: true },
    ];
    expect(calibrationError(judged)).toBeCloseTo(0.95, 10);
  });

  it('says what error exact confidences have by chance: the less, the more cases there are', () => {
    const [few, many] = [40, 4_000].map((cases) => errorsOfExact(Array<number>(cases).fill(0.8)).mean);
    // The mean distance of a share of 40 cases from 0.8: sqrt(0.8 * 0.2 / 40 * 2 / pi).
    expect(few).toBeCloseTo(0.05, 2);
    expect(many).toBeCloseTo(0.005, 2);
    expect(errorsOfExact([1, 1, 0])).toEqual({ mean: 0, most: 0 });
    const { mean, most } = errorsOfExact(Array<number>(40).fill(0.8));
    expect(most).toBeGreaterThan(mean);
  });

  it('takes F1 from hits, misses and wrong answers', () => {
    const answered = [
      { actual: 'a', answer: 'a' },
      { actual: 'a', answer: null },
      { actual: 'b', answer: 'a' },
      { actual: 'b', answer: 'b' },
    ];
    expect(f1Of('a', answered)).toBeCloseTo(0.5, 10);
    expect(f1Of('b', answered)).toBeCloseTo(2 / 3, 10);
    expect(macroF1(answered, 2)).toBeCloseTo((0.5 + 2 / 3) / 2, 10);
    expect(macroF1(answered, 3)).toBeNaN();
  });
});

describe('a rendered report', () => {
  it('shows value, interval, cases and a goal that was missed', () => {
    const figures = [
      ...proportion('found', 8, 10, { goal: 0.9 }),
      { name: 'noise', value: 12, cases: 3, goal: 20, atMost: true },
    ];
    const report = { figures, byGroup: [{ group: 'a/b', figures: proportion('found', 1, 1) }] };
    expect(renderReport(report, false)).toMatchInlineSnapshot(`
      "figure  value  95 % interval   cases  goal
      found   0.800  0.490 .. 0.943  10     >= 0.900  missed
      noise   12.0                   3      <= 20.0
      "
    `);
    expect(renderReport(report, true)).toContain('\na/b\n  found');
  });
});
