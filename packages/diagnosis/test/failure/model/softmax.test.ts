import { calibrated, fitCalibration } from '@selfheal/diagnosis/failure/model/calibration.ts';
import { minimise } from '@selfheal/diagnosis/failure/model/minimise.ts';
import { type Example, fitLinear, predict } from '@selfheal/diagnosis/failure/model/softmax.ts';
import { logOdds } from '@selfheal/kernel/numbers/log-odds.ts';
import { describe, expect, it } from 'vitest';

function anExample(outcome: string, buckets: number[], group: string): Example {
  return {
    vector: { buckets: Uint16Array.from(buckets), values: Float32Array.from(buckets, () => 1) },
    outcome,
    group,
    weight: 1,
  };
}

const OPTIONS = { outcomes: ['a', 'b', 'c'], penalty: 0.01, buckets: 64, minGroups: 2 };

describe('the minimum of a function', () => {
  it('is found where the gradient vanishes, in a narrow valley too', () => {
    const found = minimise(
      (point, gradient) => {
        const [x = 0, y = 0] = point;
        gradient[0] = 2 * (x - 3);
        gradient[1] = 2_000 * (y + 1);
        return (x - 3) ** 2 + 1_000 * (y + 1) ** 2;
      },
      new Float64Array(2),
      { rounds: 100, tolerance: 1e-12 },
    );
    expect(found[0]).toBeCloseTo(3, 4);
    expect(found[1]).toBeCloseTo(-1, 4);
  });
});

describe('the logistic regression', () => {
  const examples = ['one', 'two', 'three'].flatMap((group) => [
    anExample('a', [1, 9], group),
    anExample('b', [2, 9], group),
    anExample('c', [3, 9], group),
  ]);

  it('tells what it was shown apart, with probabilities that sum to 1', () => {
    const model = fitLinear(examples, OPTIONS);
    for (const [at, bucket] of [1, 2, 3].entries()) {
      const shares = predict(model, anExample('a', [bucket, 9], 'new').vector);
      expect(shares[at]).toBeGreaterThan(0.8);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    }
  });

  it('learns the base rates of what says nothing', () => {
    const many = Array.from({ length: 8 }, (_, at) => anExample(at < 6 ? 'a' : 'b', [], `g${at}`));
    const shares = predict(fitLinear(many, { ...OPTIONS, outcomes: ['a', 'b'] }), anExample('a', [40], 'new').vector);
    expect(shares[0]).toBeCloseTo(0.75, 1);
  });

  it('leaves out what only one repository shows', () => {
    const model = fitLinear([...examples, anExample('a', [50], 'one')], OPTIONS);
    expect(model.rows[50]).toBe(-1);
    expect(model.rows[9]).toBeGreaterThanOrEqual(0);
  });

  it('comes out the same every time', () => {
    expect(fitLinear(examples, OPTIONS).weights).toEqual(fitLinear(examples, OPTIONS).weights);
  });

  it('refuses an outcome that it is not to learn', () => {
    expect(() => fitLinear([anExample('z', [1], 'one')], OPTIONS)).toThrow(RangeError);
  });
});

describe('a calibration', () => {
  it('turns overconfident answers into the share that is right', () => {
    const answers = Array.from({ length: 200 }, (_, at) => ({
      signs: [logOdds(at % 2 === 0 ? 0.95 : 0.6)],
      right: at % 2 === 0 ? at % 10 !== 0 : at % 4 === 1,
      weight: 1,
    }));
    const weights = fitCalibration(answers);
    expect(calibrated(weights, [logOdds(0.95)])).toBeCloseTo(0.8, 1);
    expect(calibrated(weights, [logOdds(0.6)])).toBeCloseTo(0.5, 1);
  });

  it('stays at its prior while little is known', () => {
    const weights = fitCalibration([{ signs: [1], right: false, weight: 0.01 }], { prior: [2, 1], strength: 100 });
    expect(weights[0]).toBeCloseTo(2, 1);
    expect(weights[1]).toBeCloseTo(1, 1);
  });

  it('needs answers', () => {
    expect(() => fitCalibration([])).toThrow(RangeError);
  });
});
