import { calibrationErrorOf, reliabilityOf } from '@selfheal/kernel/numbers/reliability.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyCalibrator, Calibrator, chooseCalibrator, confidenceFor } from '#shared/domain/learning/calibrator.ts';

/** Answers that are right as often as `chance` makes of their confidence. */
function answers(cases: number, chance: (confidence: number) => number, seed = 1) {
  const random = numbersFrom(seed);
  return Array.from({ length: cases }, () => {
    const confidence = 0.05 + 0.9 * random();
    return { confidence, right: random() < chance(confidence) };
  });
}
const tooSure = (confidence: number): number =>
  1 / (1 + Math.exp(-0.4 * Math.log(confidence / (1 - confidence)) + 0.5));
const stepped = (confidence: number): number => (confidence < 0.7 ? 0.1 : 0.95);
const AUTO = { method: null, folds: 5 } as const;

describe('the correction of confidences', () => {
  it('[D201] [D175] finds the logistic curve of answers that are too sure (Platt scaling)', () => {
    const { calibrator, figures } = chooseCalibrator(answers(2000, tooSure), AUTO);
    if (calibrator.kind !== 'platt') throw new Error(`it is ${calibrator.kind}`);
    expect(Math.abs(calibrator.slope - 0.4)).toBeLessThan(0.1);
    expect(Math.abs(calibrator.intercept + 0.5)).toBeLessThan(0.1);
    const [before, after] = figures;
    expect(after?.brier).toBeLessThan(before?.brier ?? 0);
    expect(after?.calibrationError).toBeLessThan(0.05);
  });

  it('takes isotonic regression where a curve does not fit', () => {
    const { calibrator } = chooseCalibrator(answers(2000, stepped), AUTO);
    expect(calibrator.kind).toBe('isotonic');
    expect(applyCalibrator(calibrator, 0.6)).toBeLessThan(0.2);
    expect(applyCalibrator(calibrator, 0.85)).toBeGreaterThan(0.85);
  });

  it('[D201] makes new answers of the same kind well calibrated', () => {
    const { calibrator } = chooseCalibrator(answers(3000, tooSure), AUTO);
    const fresh = answers(3000, tooSure, 9).map(({ confidence, right }) => ({
      confidence: applyCalibrator(calibrator, confidence),
      right,
    }));
    expect(calibrationErrorOf(reliabilityOf(fresh))).toBeLessThan(0.05);
    expect(calibrationErrorOf(reliabilityOf(answers(3000, tooSure, 9)))).toBeGreaterThan(0.1);
  });

  it('changes nothing of too few answers, of good ones and of a confidence that says the contrary', () => {
    expect(chooseCalibrator(answers(49, stepped), AUTO)).toMatchObject({
      calibrator: { kind: 'identity' },
      reason: '49 answers are too few: 50 are needed.',
    });
    expect(
      chooseCalibrator(
        answers(2000, (confidence) => confidence),
        AUTO,
      ).calibrator.kind,
    ).toBe('identity');
    const contrary = chooseCalibrator(
      answers(500, (confidence) => 1 - confidence),
      { ...AUTO, method: 'platt' },
    );
    expect(contrary.calibrator.kind).toBe('identity');
  });

  it('never makes a higher confidence a lower one, and stays between 0 and 1', () => {
    const answer = fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() });
    const confidence = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 50, maxLength: 120 }),
        fc.constantFrom('platt' as const, 'isotonic' as const, null),
        confidence,
        confidence,
        (known, method, a, b) => {
          const { calibrator } = chooseCalibrator(known, { method, folds: 3 });
          expect(Calibrator.safeParse(calibrator).success).toBe(true);
          const [low, high] = [a, b].sort((x, y) => x - y).map((one) => applyCalibrator(calibrator, one));
          expect(low).toBeLessThanOrEqual((high ?? 0) + 1e-12);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says from which confidence on answers are right so often', () => {
    const { calibrator } = chooseCalibrator(answers(2000, stepped), AUTO);
    expect(confidenceFor(calibrator, 0.9)).toBeGreaterThan(0.6);
    expect(confidenceFor({ kind: 'identity' }, 0.9)).toBe(0.9);
    expect(confidenceFor({ kind: 'isotonic', knots: [{ confidence: 0.5, probability: 0.5 }] }, 0.9)).toBeNull();
  });
});
