import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExperimentOutcome, resultsOf } from '#shared/domain/experiment/results.ts';
import { evidenceOfDifference } from '#shared/domain/experiment/sequential-test.ts';
import { anExperiment, anExperimentOutcome } from '#test/builders/index.ts';

const experiment = anExperiment();
const [control, variant] = experiment.variants.map(({ id }) => id) as [string, string];

const outcome = anExperimentOutcome;
/** `cases` outcomes of a variant, the first `successes` of them good. */
const outcomes = (variantId: string, cases: number, successes: number): ExperimentOutcome[] =>
  Array.from({ length: cases }, (_, at) =>
    outcome({
      variantId,
      incidentId: `${variantId}-${at}`,
      // Good and bad ones mixed evenly.
      success: Math.floor(((at + 1) * successes) / cases) > Math.floor((at * successes) / cases),
      at: new Date(Date.UTC(2026, 10, 1, 0, at)).toISOString(),
    }),
  );

describe('the results of an experiment', () => {
  it('[C48] [C49] count successes and attempts of each variant, an incident once', () => {
    const twice = [...outcomes(control, 4, 3), ...outcomes(control, 4, 3), ...outcomes(variant, 2, 0)];
    const { variants } = resultsOf(experiment, twice);
    expect(variants).toMatchObject([
      { id: control, attempts: 4, successes: 3, rate: 0.75 },
      { id: variant, attempts: 2, successes: 0, rate: 0 },
    ]);
  });

  it('an incident that was reported good and later bad counts as it was first', () => {
    const later = outcome({ success: false, at: '2026-11-21T13:00:00.000Z' });
    expect(resultsOf(experiment, [later, outcome()]).variants[0]).toMatchObject({ attempts: 1, successes: 1 });
  });

  it('[C50] [C51] have a 95 % interval, which is everything below 30 attempts', () => {
    const interval = (cases: number) =>
      resultsOf(experiment, outcomes(control, cases, cases / 2)).variants[0]?.interval;
    expect(interval(28)).toEqual([0, 1]);
    const [low = 0, high = 0] = interval(100) ?? [];
    expect([low, high].map((bound) => bound.toFixed(4))).toEqual(['0.4038', '0.5962']);
  });

  it('do not depend on the order in which outcomes arrive', () => {
    const all = [...outcomes(control, 40, 20), ...outcomes(variant, 40, 38)];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(resultsOf(experiment, shuffled)).toEqual(resultsOf(experiment, all));
      }),
      { numRuns: 20 },
    );
  });

  it('[D217] report side effects and the time to heal', () => {
    const some = [outcome(), outcome({ incidentId: 'i2', minutes: 9, sideEffects: ['undone'] })];
    const { variants } = resultsOf(experiment, some);
    expect(variants[0]).toMatchObject({ sideEffects: { undone: 1 }, minutesToHeal: 7 });
    expect(variants[1]).toMatchObject({ sideEffects: {}, minutesToHeal: null });
  });
});

describe('the recommendation', () => {
  const recommended = (...all: ExperimentOutcome[][]) => resultsOf(experiment, all.flat()).recommendation;

  it('waits for 30 outcomes of each variant, however clear they are', () => {
    expect(recommended(outcomes(control, 29, 0), outcomes(variant, 400, 400)).kind).toBe('too-early');
  });

  it('names no winner between equals, and the better one when it is certain', () => {
    expect(recommended(outcomes(control, 300, 200), outcomes(variant, 300, 203)).kind).toBe('no-difference-yet');
    expect(recommended(outcomes(control, 100, 50), outcomes(variant, 100, 90))).toMatchObject({
      kind: 'prefer',
      variantId: variant,
      reason: 'It succeeds at 90.0 %; the control at 50.0 %. It had no side effects.',
    });
    expect(recommended(outcomes(control, 100, 90), outcomes(variant, 100, 50))).toMatchObject({ variantId: control });
  });

  it('says how often the better one had which side effect', () => {
    const effects = new Map([
      [0, ['undone', 'refused']],
      [1, ['undone']],
    ]);
    const better = outcomes(variant, 100, 90).map((one, at) => ({ ...one, sideEffects: effects.get(at) ?? [] }));
    expect(recommended(outcomes(control, 100, 50), better)).toMatchObject({
      reason: expect.stringMatching(/Side effects: undone 2 times, refused once\.$/),
    });
  });
});

/** The share of simulated experiments in which the evidence ever passed the bound. */
function shareOfWinners(rateA: number, rateB: number, pairs: number, seed: number, experiments = 2000): number {
  const random = numbersFrom(seed);
  const draw = (rate: number) => Array.from({ length: pairs }, () => random() < rate);
  let winners = 0;
  for (let at = 0; at < experiments; at += 1) if (evidenceOfDifference(draw(rateA), draw(rateB)) >= 20) winners += 1;
  return winners / experiments;
}

describe('the sequential test', () => {
  it.each([0.05, 0.5, 0.8, 0.99])(
    'looked at 200 times finds a winner among equals (rate %s) in 5 % at most',
    (rate) => {
      expect(shareOfWinners(rate, rate, 200, 11)).toBeLessThanOrEqual(0.05);
    },
  );

  it('finds a real difference', () => {
    expect(shareOfWinners(0.6, 0.9, 120, 12)).toBeGreaterThan(0.9);
  });

  it('has no opinion without pairs', () => {
    expect(evidenceOfDifference([true, true, true], [])).toBe(1);
  });
});
