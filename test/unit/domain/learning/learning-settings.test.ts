import { describe, expect, it } from 'vitest';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { Learning } from '#shared/domain/learning/learning-settings.ts';
import { settled, withOutcomes } from '#shared/domain/learning/pattern-trust.ts';
import { aPattern, aPatternOutcome } from '#test/builders/index.ts';

const NOW = new Date('2026-11-03T00:00:00Z');
const outcomes = (helped: number, failed: number) =>
  Array.from({ length: helped + failed }, (_, at) =>
    aPatternOutcome({ incident: `gh-${at}`, helped: at < helped, at: '2026-11-02T00:00:00.000Z' }),
  );
const stageUnder = (rules: unknown, helped: number, failed = 0) =>
  settled(withOutcomes(aPattern(), outcomes(helped, failed)), Learning.parse(rules), NOW, 'cases');

describe('the configuration of learning', () => {
  it('has the stages 0.6, 0.75 and 0.85, each with cases and a lower bound to reach', () => {
    expect(Configuration.parse({ version: 1 }).learning.stages).toEqual({
      suggest: { confidence: 0.6, cases: 5, lowerBound: 0.4 },
      match: { confidence: 0.75, cases: 10, lowerBound: 0.55 },
      act: { confidence: 0.85, cases: 20, lowerBound: 0.7 },
    });
  });

  it('[D207] moves the stages by what is configured', () => {
    const gain = { maxConfidenceGainPerWeek: 1 };
    expect(stageUnder(gain, 5).stage).toBe('suggest');
    expect(stageUnder({ ...gain, stages: { suggest: { cases: 6 } } }, 5).stage).toBe('observe');
    expect(stageUnder({ ...gain, stages: { suggest: { lowerBound: 0.7 } } }, 5).stage).toBe('observe');
    expect(stageUnder({ ...gain, stages: { suggest: { cases: 2, lowerBound: 0.3 } } }, 2).stage).toBe('suggest');
  });

  it('limits the gain of a week and the failures by what is configured', () => {
    expect(stageUnder({ maxConfidenceGainPerWeek: 0.02 }, 20).confidence).toBeCloseTo(0.52);
    expect(stageUnder({ rollbackFailureRate: 0.1 }, 8, 1).retired?.reason).toContain('more than 10 % are not allowed');
    expect(stageUnder({ rollbackCases: 20 }, 2, 8).retired).toBeNull();
  });

  it('refuses stages that fall, shares beyond one and names that are not known', () => {
    const refused = (learning: unknown): string[] =>
      Configuration.safeParse({ version: 1, learning }).error?.issues.map(
        ({ path, message }) => `${path.join('.')}: ${message}`,
      ) ?? [];
    expect(refused({ stages: { act: { confidence: 0.5 } } })).toEqual([
      'learning.stages: Each stage must ask for at least the confidence of the one before.',
    ]);
    expect(refused({ maxConfidenceGainPerWeek: 2 })[0]).toContain('learning.maxConfidenceGainPerWeek');
    expect(refused({ classes: ['bad luck'] })[0]).toContain('learning.classes.0');
    expect(refused({ faster: true })[0]).toContain('faster');
  });
});
