import { describe, expect, it } from 'vitest';
import { Learning } from '#shared/domain/learning/learning-settings.ts';
import { learningStageOf, stageProgressOf } from '#shared/domain/learning/learning-stage.ts';
import { aPattern, aPatternOutcome } from '#test/builders/index.ts';

const RULES = Learning.parse({});
const NOW = new Date('2026-11-12T00:00:00.000Z');
/** So many outcomes, one a day from the second of November on. */
const daily = (count: number, isGood = (_at: number): boolean => true) =>
  Array.from({ length: count }, (_, at) =>
    aPatternOutcome({
      incident: `gh-${at}`,
      at: new Date(Date.UTC(2026, 10, 2 + at)).toISOString(),
      helped: isGood(at),
    }),
  );

describe('how far a pattern is from its next stage', () => {
  it('is measured by the criterion that is furthest from being met, with the days until then', () => {
    const pattern = aPattern({ stage: 'suggest', confidence: 0.7, outcomes: daily(5) });
    expect(stageProgressOf(pattern, RULES, NOW)).toMatchObject({
      stage: 'suggest',
      next: 'match',
      progress: 0.5,
      etaDays: 11,
    });
  });

  it('has no expected time without outcomes, when it does not help often enough, and while it waits for a person', () => {
    expect(stageProgressOf(aPattern(), RULES, NOW)).toMatchObject({ next: 'suggest', progress: 0, etaDays: null });
    const failing = aPattern({ outcomes: daily(4, (at) => at % 2 === 0) });
    expect(stageProgressOf(failing, RULES, NOW).etaDays).toBeNull();
    const waiting = aPattern({ stage: 'suggest', confidence: 0.8, outcomes: daily(10), tags: ['critical'] });
    const { etaDays, missing } = stageProgressOf(waiting, RULES, NOW);
    expect([etaDays, missing]).toEqual([null, ['an approval, because of critical']]);
    expect(stageProgressOf({ ...waiting, tags: [] }, RULES, NOW)).toMatchObject({
      progress: 1,
      etaDays: 0,
      missing: [],
    });
  });

  it('is over at the highest stage', () => {
    expect(stageProgressOf(aPattern({ stage: 'act' }), RULES, NOW)).toMatchObject({ next: null, progress: 1 });
  });
});

describe('the stage of learning', () => {
  it('is that of its best patterns, without those that were removed', () => {
    const retired = { at: NOW.toISOString(), reason: 'wrong' as never };
    const patterns = [
      aPattern({ id: '1'.repeat(12), stage: 'act', retired }),
      aPattern({ id: '2'.repeat(12), stage: 'suggest', confidence: 0.7, outcomes: daily(2) }),
      aPattern({ id: '3'.repeat(12), stage: 'suggest', confidence: 0.7, outcomes: daily(6) }),
      aPattern({ id: '4'.repeat(12) }),
    ];
    expect(learningStageOf(patterns, RULES, NOW)).toMatchObject({
      stage: 'suggest',
      next: 'match',
      patternId: '3'.repeat(12),
    });
    expect(learningStageOf([], RULES, NOW)).toMatchObject({ stage: 'none', patternId: null });
  });
});
