import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersReportOf, type WatchedModel } from '#shared/domain/answers/answers-report.ts';
import { classMixOf, countClasses } from '#shared/domain/answers/class-mix.ts';
import { costOf } from '#shared/domain/answers/cost.ts';
import { nextWatch } from '#shared/domain/answers/watch.ts';
import { aCorrection, anEnding, aPrediction, judgedPredictions } from '#test/builders/index.ts';

const MODEL: WatchedModel = {
  id: '0123456789abcdef',
  promised: { class: { hits: 900, cases: 1000 }, verdict: { hits: 900, cases: 1000 } },
};
const SPENT = {
  provider: 'anthropic',
  modelId: 'large',
  prompt: null,
  turns: 2,
  inputTokens: 1000,
  cachedInputTokens: 200,
  outputTokens: 100,
  microdollars: 5000,
};
const repeated = (count: number, right: boolean): boolean[] => Array.from({ length: count }, () => right);

describe('the quality report', () => {
  it('[C69] is about the last hundred judged, in the order in which they were judged', () => {
    const all = judgedPredictions([...repeated(60, false), ...repeated(100, true)]);
    expect(answersReportOf(all.reverse(), MODEL).accuracy).toMatchObject({ hits: 100, cases: 100 });
    const late = judgedPredictions([...repeated(100, true), ...repeated(25, false)]);
    expect(answersReportOf(late, MODEL).accuracy).toMatchObject({ hits: 75, cases: 100, value: 0.75 });
  });

  it('[C69] leaves out what nobody judged and what was not claimed', () => {
    const report = answersReportOf(
      [
        ...judgedPredictions([true, false]),
        aPrediction({ incidentId: 'gh-not-known' }),
        aPrediction({ incidentId: 'gh-abstained', verdict: 'unknown', ending: anEnding() }),
      ],
      MODEL,
    );
    expect(report).toMatchObject({ predictions: 4, judged: 2, unknown: 1, abstained: 1 });
    expect(report.accuracy).toMatchObject({ hits: 1, cases: 2 });
  });

  it('counts every prediction once', () => {
    const Some = fc.array(
      fc.record({
        shown: fc.constantFrom('transient' as const, 'lasting' as const, 'unknown' as const, null),
        verdict: fc.constantFrom('flaky' as const, 'regression' as const, 'unknown' as const),
        corrected: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(Some, (some) => {
        const predictions = some.map(({ shown, verdict, corrected }, at) =>
          aPrediction({
            incidentId: `gh-${String(at).padStart(8, '0')}`,
            verdict,
            ...(shown === null ? {} : { ending: anEnding({ shown }) }),
            ...(corrected ? { correction: aCorrection() } : {}),
          }),
        );
        const report = answersReportOf(predictions, MODEL);
        expect(report.judged + report.abstained + report.unknown).toBe(predictions.length);
        expect(report.reliability.reduce((sum, { cases }) => sum + cases, 0)).toBe(report.judged);
      }),
    );
  });

  it('[C68] tells each model from the others', () => {
    const report = answersReportOf(
      [...judgedPredictions([true, true]), ...judgedPredictions([false], { model: 'fedcba9876543210' })],
      MODEL,
    );
    expect(report.models.map(({ model, accuracy }) => [model, accuracy?.value])).toEqual([
      ['0123456789abcdef', 1],
      ['fedcba9876543210', 0],
    ]);
    expect(report.judged).toBe(2);
  });

  it('[C71] asks for training when the verdicts got worse than promised, and says by how much', () => {
    const report = answersReportOf(judgedPredictions([...repeated(60, true), ...repeated(30, false)]), MODEL);
    expect(report.degraded).toBe(true);
    expect(report.retrain.due).toBe(true);
    expect(report.retrain.reasons).toEqual([
      expect.stringMatching(/^The verdict was right in 66\.7 % .* promised 8\d\.\d %\.$/),
    ]);
  });

  it('holds against the promise only what it spoke of: failures that were said to pass when run again', () => {
    const lasting = judgedPredictions(repeated(60, true), { verdict: 'regression' });
    const report = answersReportOf(lasting, MODEL);
    expect(report.accuracy).toMatchObject({ hits: 0, cases: 60 });
    expect(report.degraded).toBe(false);
  });

  it('[C71] asks for training after fifty corrections, whether or not answers got worse', () => {
    const unpromised = { ...MODEL, promised: { class: null, verdict: null } };
    const corrected = judgedPredictions(repeated(50, true)).map((one) => ({ ...one, correction: aCorrection() }));
    expect(answersReportOf(corrected, unpromised)).toMatchObject({ degraded: false, retrain: { due: true } });
    expect(answersReportOf(corrected.slice(1), unpromised).retrain.due).toBe(false);
  });
});

describe('the mix of classes', () => {
  const draw = (shares: Readonly<Record<string, number>>, count: number, seed: number): string[] => {
    const random = numbersFrom(seed);
    return Array.from({ length: count }, () => {
      let left = random();
      for (const [name, share] of Object.entries(shares)) {
        left -= share;
        if (left < 0) return name;
      }
      return 'rest';
    });
  };
  const BEFORE = { test_failure: 0.4, compilation_error: 0.3, network_connectivity: 0.2, lint_violation: 0.1 };

  it('is not called changed by chance: 300 times a hundred answers of the same mix', () => {
    const drifted = Array.from({ length: 300 }, (_, seed) =>
      classMixOf(countClasses(draw(BEFORE, 400, seed)), countClasses(draw(BEFORE, 100, 9000 + seed))),
    ).filter((mix) => mix?.drifted);
    expect(drifted.length).toBeLessThanOrEqual(3);
  });

  it('is called changed when half of the failures are of a kind that was rare', () => {
    const now = { ...BEFORE, test_failure: 0.1, lint_violation: 0.4 };
    const mix = classMixOf(countClasses(draw(BEFORE, 400, 1)), countClasses(draw(now, 100, 2)));
    expect(mix).toMatchObject({ drifted: true });
    expect(
      mix?.changes
        .slice(0, 2)
        .map((one) => one.class)
        .sort(),
    ).toEqual(['lint_violation', 'test_failure']);
  });

  it('is not judged on fewer than fifty answers, and without a second class there is nothing to change', () => {
    expect(classMixOf({ test_failure: 49 }, { test_failure: 100 })).toBeNull();
    expect(classMixOf({ test_failure: 100 }, { test_failure: 100 })).toMatchObject({ index: 0, drifted: false });
  });
});

describe('the cost of incidents', () => {
  const ended = (incidentId: string, spending: typeof SPENT | null | { microdollars: null }) =>
    aPrediction({
      incidentId,
      ending: anEnding({ spending: spending === null ? null : { ...SPENT, ...spending } }),
    });

  it('[A71] is shared among all that ended, and shown apart for those that a model was asked for', () => {
    expect(costOf([ended('gh-first-1', SPENT), ended('gh-second', null), aPrediction()])).toMatchObject({
      incidents: 2,
      asked: 1,
      inputTokens: 1000,
      outputTokens: 100,
      microdollars: 5000,
      microdollarsPerIncident: 2500,
      microdollarsPerAsked: 5000,
      tokensPerAsked: 1100,
      byModel: [{ modelId: 'large', asked: 1, microdollars: 5000 }],
    });
  });

  it('[A71] counts one diagnosis once, also when a later attempt at the incident made none of its own', () => {
    const again = { ...ended('gh-first-1', SPENT), attempt: 2 };
    expect(costOf([ended('gh-first-1', SPENT), again])).toMatchObject({ incidents: 1, asked: 1, microdollars: 5000 });
    const other = { ...SPENT, inputTokens: 1001 };
    expect(costOf([ended('gh-first-1', SPENT), ended('gh-first-1', other)])).toMatchObject({ incidents: 1, asked: 2 });
  });

  it('[A71] is not told per incident when a price is missing', () => {
    expect(costOf([ended('gh-first-1', SPENT), ended('gh-second', { microdollars: null })])).toMatchObject({
      unpriced: 1,
      microdollarsPerIncident: null,
      microdollarsPerAsked: 5000,
    });
    expect(costOf([])).toMatchObject({ incidents: 0, microdollarsPerIncident: null, tokensPerAsked: null });
  });
});

describe('the watch', () => {
  const good = answersReportOf(judgedPredictions(repeated(50, true)), MODEL);
  const bad = answersReportOf(judgedPredictions([...repeated(60, true), ...repeated(30, false)]), MODEL);
  const AT = new Date('2026-11-22T10:00:00.000Z');
  const LATER = new Date('2026-11-22T11:00:00.000Z');

  it('[C71] tells a loss once until it is mended', () => {
    const first = nextWatch(null, bad, AT);
    expect(first).toMatchObject({ news: 'degraded', watch: { degradedSince: AT.toISOString() } });
    const second = nextWatch(first.watch, bad, LATER);
    expect(second).toMatchObject({ news: null, watch: { degradedSince: AT.toISOString() } });
    const mended = nextWatch(second.watch, good, LATER);
    expect(mended).toMatchObject({ news: 'mended', watch: { degradedSince: null } });
    expect(nextWatch(mended.watch, bad, LATER).news).toBe('degraded');
  });

  it('begins anew with another model', () => {
    const { watch } = nextWatch(null, bad, AT);
    const other = { ...good, model: 'fedcba9876543210' };
    expect(nextWatch(watch, other, LATER)).toMatchObject({ news: 'mended', watch: { model: other.model } });
  });

  it('has nothing to tell while all is well', () => {
    expect(nextWatch(null, good, AT)).toMatchObject({ news: null, watch: { degradedSince: null } });
  });
});
