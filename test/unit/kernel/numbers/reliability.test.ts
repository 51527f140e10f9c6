import { calibrated, fitCalibration } from '@selfheal/diagnosis/failure/model/calibration.ts';
import { logOdds } from '@selfheal/kernel/numbers/log-odds.ts';
import { proportionOf, wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import { brierScore, calibrationErrorOf, reliabilityOf, tuningOf } from '@selfheal/kernel/numbers/reliability.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const answer = (confidence: number, right: boolean) => ({ confidence, right });
const Answers = fc.array(fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() }), {
  minLength: 1,
  maxLength: 60,
});

describe('Wilson interval', () => {
  it('is as published: 8 of 10, and the ends', () => {
    const [low, high] = wilsonInterval(8, 10);
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.4902', '0.9433']);
    expect(wilsonInterval(0, 10)[0]).toBe(0);
    expect(wilsonInterval(10, 10)[1]).toBeCloseTo(1, 12);
    expect(proportionOf(0, 0)).toBeNull();
  });

  it('holds the share, and narrows with more cases', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (cases, part) => {
        const hits = Math.round(cases * part);
        const [low, high] = wilsonInterval(hits, cases);
        const [wider, higher] = wilsonInterval(hits * 4, cases * 4);
        expect(low).toBeLessThanOrEqual(hits / cases + 1e-12);
        expect(high).toBeGreaterThanOrEqual(hits / cases - 1e-12);
        expect(higher - wider).toBeLessThan(high - low);
      }),
    );
  });
});

describe('the Brier score', () => {
  it('is the mean squared distance: of sure and right 0, of sure and wrong 1, of undecided a quarter', () => {
    expect(brierScore([answer(1, true)])).toBe(0);
    expect(brierScore([answer(1, false)])).toBe(1);
    expect(brierScore([answer(0.5, true), answer(0.5, false)])).toBe(0.25);
    expect(brierScore([])).toBeNull();
  });

  it('is between 0 and 1, and best for who says what is the case', () => {
    fc.assert(
      fc.property(Answers, (answers) => {
        const score = brierScore(answers) ?? Number.NaN;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        const honest = answers.filter(({ right }) => right).length / answers.length;
        const constant = (confidence: number) => brierScore(answers.map(({ right }) => ({ confidence, right }))) ?? 1;
        expect(constant(honest)).toBeLessThanOrEqual(constant(answers[0]?.confidence ?? 0) + 1e-12);
      }),
    );
  });
});

describe('the reliability diagram', () => {
  it('counts each answer once in the bin of its confidence, with the interval of what was right', () => {
    const bins = reliabilityOf([answer(0.95, true), answer(0.9, true), answer(1, false), answer(0.05, false)]);
    expect(bins).toEqual([
      expect.objectContaining({ from: 0, to: 0.1, cases: 1, confidence: 0.05, right: 0 }),
      expect.objectContaining({ from: 0.9, to: 1, cases: 3, right: 2 / 3, interval: wilsonInterval(2, 3) }),
    ]);
    expect(bins[1]?.confidence).toBeCloseTo(0.95, 12);
    expect(calibrationErrorOf(bins)).toBeCloseTo((1 * 0.05 + 3 * (0.95 - 2 / 3)) / 4, 12);
    expect(calibrationErrorOf([])).toBeNull();
  });

  it('loses no answer and invents none', () => {
    fc.assert(
      fc.property(Answers, (answers) => {
        const bins = reliabilityOf(answers);
        expect(bins.reduce((sum, { cases }) => sum + cases, 0)).toBe(answers.length);
        const right = bins.reduce((sum, bin) => sum + bin.cases * bin.right, 0);
        expect(right).toBeCloseTo(answers.filter((one) => one.right).length, 6);
        for (const bin of bins) {
          expect(bin.confidence).toBeGreaterThanOrEqual(bin.from - 1e-9);
          expect(bin.confidence).toBeLessThanOrEqual(bin.to + 1e-9);
        }
      }),
    );
  });
});

describe('the word for the calibration', () => {
  /** Answers of every confidence, right less often than they are sure. */
  function overconfident(count: number, seed: number) {
    const random = numbersFrom(seed);
    return Array.from({ length: count }, () => {
      const confidence = 0.5 + 0.5 * random();
      return answer(confidence, random() < 0.5 + 0.5 * (confidence - 0.5));
    });
  }

  it('[D201] calls answers too sure, and after Platt scaling on others of their kind well tuned', () => {
    const learned = overconfident(600, 1).map(({ confidence, right }) => ({
      signs: [logOdds(confidence)],
      right,
      weight: 1,
    }));
    const scaling = fitCalibration(learned);
    const fresh = overconfident(400, 2);
    expect(tuningOf(fresh)).toBe('too sure');
    const scaled = fresh.map(({ confidence, right }) => answer(calibrated(scaling, [logOdds(confidence)]), right));
    expect(tuningOf(scaled)).toBe('well tuned');
    expect(calibrationErrorOf(reliabilityOf(scaled))).toBeLessThan(calibrationErrorOf(reliabilityOf(fresh)) ?? 0);
  });

  it('is not known of few answers, and tells who is right more often than sure', () => {
    expect(tuningOf(overconfident(29, 3))).toBe('not known');
    expect(tuningOf(Array.from({ length: 40 }, () => answer(0.6, true)))).toBe('too unsure');
  });
});
