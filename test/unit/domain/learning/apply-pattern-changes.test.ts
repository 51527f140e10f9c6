import { describe, expect, it } from 'vitest';
import { optimizePatterns, suggestGeneralisations } from '#shared/domain/learning/apply-pattern-changes.ts';
import { exportPatterns, importedPattern, PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { Learning } from '#shared/domain/learning/learning-settings.ts';
import { settled, withOutcomes } from '#shared/domain/learning/pattern-trust.ts';
import { rollBackPatterns } from '#shared/domain/learning/roll-back-patterns.ts';
import { aPattern, aPatternOutcome, redactedText } from '#test/builders/index.ts';

const RULES = Learning.parse({});
const day = (number: number): Date => new Date(Date.UTC(2026, 10, number));
const outcomes = (cases: number, at: Date, name = 'gh', helped = true) =>
  Array.from({ length: cases }, (_, index) =>
    aPatternOutcome({ incident: `${name}-${index}`, at: at.toISOString(), helped }),
  );
const optimize = (patterns: readonly LearnedPattern[], now = day(10)) =>
  optimizePatterns(patterns, { rules: RULES, now, minConfidence: 0.3, unusedDays: 365 });
const other = (change: Partial<LearnedPattern>) => aPattern({ id: 'aaaaaaaaaaaa', ...change });

describe('keeping order among patterns', () => {
  it('[D171] merges patterns of which one says what the other says, with all outcomes, raising nothing', () => {
    const general = other({
      wording: 'connection slots are reserved, * used',
      stage: 'match',
      confidence: 0.8,
      outcomes: outcomes(12, day(2), 'g'),
    });
    const special = aPattern({ confidence: 0.55, outcomes: outcomes(3, day(3), 's'), tags: ['pool'] });
    const [into, gone] = optimize([special, general]);
    expect(into).toMatchObject({ event: 'pattern.merged', before: { id: general.id } });
    expect(into?.after.outcomes).toHaveLength(15);
    expect(into?.after.tags).toEqual(['database', 'pool']);
    expect(into?.after.stage).not.toBe('match');
    expect(into?.after.confidence).toBeLessThanOrEqual(0.6 + 1e-9);
    expect(gone?.after.retired?.reason).toBe('aaaaaaaaaaaa covers the same failures with a more general message.');
    expect(optimize([into?.after ?? general, gone?.after ?? special])).toEqual([]);
  });

  it('leaves apart what is resolved in another way, or of another service', () => {
    const general = other({ wording: 'connection slots are reserved, * used', solution: redactedText('Restart it.') });
    expect(optimize([aPattern(), general])).toEqual([]);
    expect(optimize([aPattern(), { ...general, solution: aPattern().solution, service: 'search' }])).toEqual([]);
  });

  it('[D171] takes back what is not sure enough after enough cases, and what was never met', () => {
    const weak = aPattern({ confidence: 0.2, outcomes: outcomes(5, day(2)) });
    expect(optimize([weak])).toMatchObject([
      { event: 'pattern.retired', reason: redactedText('Its confidence of 0.20 after 5 cases is below 0.3.') },
    ]);
    const unused = optimize([aPattern({ outcomes: outcomes(3, day(2)) })], new Date('2027-12-01T00:00:00Z'));
    expect(unused).toMatchObject([
      { event: 'pattern.retired', reason: expect.stringContaining('matched nothing for') },
    ]);
  });

  it('lets what is old fade', () => {
    const proven = aPattern({ stage: 'suggest', confidence: 0.7, outcomes: outcomes(8, day(2)) });
    const [change] = optimize([proven], new Date('2028-09-01T00:00:00Z'));
    expect(change).toMatchObject({ event: 'pattern.adjusted', after: { stage: 'observe' } });
    expect(change?.after.confidence).toBeLessThan(0.7);
  });

  it('[D171] suggests one wording for two that differ in some words, and never makes it by itself', () => {
    const second = other({ wording: 'remaining replication slots are reserved, * of * used' });
    expect(suggestGeneralisations([aPattern(), second])).toEqual([
      { ids: [aPattern().id, second.id], wording: 'remaining * slots are reserved, * of * used' },
    ]);
    expect(suggestGeneralisations([aPattern(), other({ wording: 'the certificate of * has expired' })])).toEqual([]);
    expect(optimize([aPattern(), second])).toEqual([]);
  });
});

describe('rolling learning back to a date', () => {
  const order = { to: day(5), now: day(20), reason: redactedText('a bad import'), keepProven: true, rules: RULES };
  /** Learned on the first, five cases on the second, doubtful ones on the sixth. */
  const drifted = () => {
    const first = settled(withOutcomes(aPattern(), outcomes(5, day(2))), RULES, day(3), 'five cases');
    return settled(withOutcomes(first, outcomes(2, day(6), 'bad', false)), RULES, day(12), 'two failed');
  };

  it('[D209] [D173] restores confidence, stage and outcomes as they were', () => {
    const [change] = rollBackPatterns([drifted()], order);
    expect(change).toMatchObject({ event: 'pattern.rolled-back', after: { stage: 'suggest', retired: null } });
    expect(change?.after.confidence).toBeCloseTo(0.6);
    expect(change?.after.outcomes).toHaveLength(5);
    expect(change?.after.history.at(-1)).toMatchObject({
      reason: redactedText('rolled back to 2026-11-05: a bad import'),
    });
    expect(rollBackPatterns([change?.after ?? drifted()], { ...order, to: day(21), now: day(21) })).toEqual([]);
  });

  it('[D209] takes back what was learned later and restores what was taken back since', () => {
    const at = day(8).toISOString();
    const late = other({
      provenance: { source: 'human', by: 'x', at, from: null },
      history: [{ at, confidence: 0.5, stage: 'observe', reason: redactedText('learned') }],
    });
    const gone = settled(withOutcomes(aPattern(), outcomes(5, day(6), 'bad', false)), RULES, day(7), 'failing');
    expect(gone.retired).not.toBeNull();
    const [first, second] = rollBackPatterns([late, gone], order);
    expect(first?.after.retired?.reason).toContain('rolled back to 2026-11-05');
    expect(second?.after).toMatchObject({ retired: null, outcomes: [] });
  });

  it('[D173] keeps what proved good since then, unless all is asked for', () => {
    const good = settled(withOutcomes(aPattern(), outcomes(9, day(8))), RULES, day(9), 'nine cases');
    expect(rollBackPatterns([good], order)).toEqual([]);
    expect(rollBackPatterns([good], { ...order, keepProven: false })).toMatchObject([{ after: { confidence: 0.5 } }]);
  });

  it('does not let a confidence of the dropped time speed up the next rise', () => {
    const risen = {
      ...drifted(),
      history: [
        ...aPattern().history,
        { at: day(6).toISOString(), confidence: 0.95, stage: 'act' as const, reason: redactedText('imported badly') },
      ],
    };
    const [change] = rollBackPatterns([risen], order);
    const next = settled(withOutcomes(change?.after ?? risen, outcomes(40, day(20), 'n')), RULES, day(20), 'many');
    expect(next.confidence).toBeLessThanOrEqual(0.6 + 1e-9);
  });
});

describe('patterns on their way to another place', () => {
  const proven = aPattern({
    stage: 'act',
    confidence: 0.9,
    outcomes: outcomes(20, day(2)),
    approved: { by: 'x', at: day(1).toISOString() },
  });
  const into = { scope: 'repository#9', from: 'repository#501', by: 'the team', at: day(20), adjustment: -0.1 };

  it('[D206] are a little less sure there, and observed only, whatever they were allowed here', () => {
    const file = PatternExport.parse(JSON.parse(JSON.stringify(exportPatterns([proven], 'repository#501', day(19)))));
    const [there] = file.patterns.map((one) => importedPattern(one, into));
    expect(there).toMatchObject({
      stage: 'observe',
      scope: 'repository#9',
      approved: null,
      outcomes: [],
      provenance: { source: 'imported', from: 'repository#501' },
      history: [{ reason: redactedText('imported from repository#501 with 0.90, there it helped in 20 of 20 cases') }],
    });
    expect(there?.confidence).toBeCloseTo(0.8);
    const alone = settled(there ?? proven, RULES, day(27), 'a week later');
    expect(alone.stage).toBe('observe');
    expect(importedPattern(file.patterns[0]!, { ...into, adjustment: -1 }).confidence).toBe(0);
  });

  it('leave what was taken back and the incidents behind', () => {
    const file = exportPatterns(
      [proven, other({ retired: { at: day(3).toISOString(), reason: redactedText('bad') } })],
      'here',
      day(19),
    );
    expect(file.patterns).toHaveLength(1);
    expect(JSON.stringify(file)).not.toContain('gh-0');
  });
});
