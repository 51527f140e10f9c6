import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LearnedPattern, PatternOutcome } from '#shared/domain/learning/learned-pattern.ts';
import { Learning } from '#shared/domain/learning/learning-settings.ts';
import { effectivenessOf, settled, withOutcomes } from '#shared/domain/learning/pattern-trust.ts';
import { aPattern, aPatternOutcome } from '#test/builders/index.ts';

const RULES = Learning.parse({});
const UNLIMITED = Learning.parse({ maxConfidenceGainPerWeek: 1 });
const day = (number: number): Date => new Date(Date.UTC(2026, 10, number));
const outcomes = (cases: number, change: Partial<PatternOutcome> = {}, name = 'gh'): PatternOutcome[] =>
  Array.from({ length: cases }, (_, at) =>
    aPatternOutcome({ incident: `${name}-${at}`, at: day(2).toISOString(), ...change }),
  );
const grown = (pattern: LearnedPattern, added: readonly PatternOutcome[], now = day(3), rules = RULES) =>
  settled(withOutcomes(pattern, added), rules, now, 'further cases');

/** Settled again and again, as every outcome and every night does. */
const often = (pattern: LearnedPattern, rules: Learning, now: Date): LearnedPattern =>
  Array.from({ length: 5 }).reduce<LearnedPattern>((one) => settled(one, rules, now, 'again'), pattern);

const EARLY_GAIN = [
  { hours: 1, helped: true, trusted: true },
  { hours: 1, helped: false, trusted: false },
  { hours: 3, helped: true, trusted: true },
  { hours: 3, helped: true, trusted: true },
  { hours: 55, helped: false, trusted: false },
  { hours: 55, helped: true, trusted: true },
  { hours: 52, helped: true, trusted: false },
  { hours: 1, helped: false, trusted: false },
];

describe('what a pattern earns', () => {
  it('[D208] gains at most so much confidence within a week, however many cases speak for it', () => {
    const first = often(grown(aPattern(), outcomes(40)), RULES, day(4));
    expect(first.confidence).toBeCloseTo(0.6);
    expect(settled(first, RULES, day(6), 'later').confidence).toBeCloseTo(0.6);
    expect(settled(first, RULES, day(12), 'a week later').confidence).toBeCloseTo(0.7);
  });

  it('[D208] never gains more than the limit in any week, whatever comes in whatever order', () => {
    const event = fc.record({ hours: fc.integer({ min: 1, max: 60 }), helped: fc.boolean(), trusted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 90 }), (events) => {
        let pattern = aPattern();
        let now = day(1);
        for (const [at, { hours, helped, trusted }] of events.entries()) {
          now = new Date(now.getTime() + hours * 3_600_000);
          const outcome = aPatternOutcome({ incident: `gh-${at}`, at: now.toISOString(), helped, trusted });
          pattern = grown(pattern, [outcome], now, Learning.parse({ rollbackFailureRate: 1 }));
          const begun = pattern.history.findLast(({ at: then }) => Date.parse(then) <= now.getTime() - 7 * 86_400_000);
          const least = begun?.confidence ?? 0.5;
          expect(pattern.confidence).toBeLessThanOrEqual(Math.max(least, 0) + RULES.maxConfidenceGainPerWeek + 1e-9);
        }
      }),
      // Once found: what was gained a little too early has to go again when the week moves on.
      { examples: [[EARLY_GAIN]] },
    );
  });

  it('[D207] climbs one stage at a time, each by its own criteria, and needs cases since it was learned', () => {
    const before = outcomes(30, { at: '2026-10-20T00:00:00.000Z' }, 'before');
    expect(often(grown(aPattern(), before, day(3), UNLIMITED), UNLIMITED, day(3)).stage).toBe('observe');
    const five = grown(aPattern({ outcomes: before }), outcomes(5), day(3), UNLIMITED);
    expect(five.stage).toBe('suggest');
    expect(often(five, UNLIMITED, day(3)).stage).toBe('suggest');
    const ten = often(grown(five, outcomes(10), day(3), UNLIMITED), UNLIMITED, day(3));
    expect(ten.stage).toBe('match');
    expect(often(grown(ten, outcomes(20), day(3), UNLIMITED), UNLIMITED, day(3)).stage).toBe('act');
    expect(settled(withOutcomes(aPattern(), outcomes(30)), UNLIMITED, day(3), 'all at once').stage).toBe('suggest');
  });

  it('[D207] falls back at once when outcomes contradict it', () => {
    const proven = often(grown(aPattern(), outcomes(25), day(3), UNLIMITED), UNLIMITED, day(3));
    expect(proven.stage).toBe('act');
    const doubted = grown(proven, outcomes(7, { helped: false, at: day(4).toISOString() }, 'bad'), day(4), UNLIMITED);
    expect(doubted.stage).toBe('match');
    expect(doubted.history.at(-1)).toMatchObject({ stage: 'match', reason: 'further cases' });
  });

  it('[D208] is taken back by itself when it fails more often than 30 %, with enough cases', () => {
    const few = grown(aPattern(), outcomes(4, { helped: false }));
    expect(few.retired).toBeNull();
    const enough = grown(aPattern({ outcomes: outcomes(3) }), outcomes(2, { helped: false }, 'bad'));
    expect(enough.retired?.reason).toBe('It failed in 2 of 5 cases; more than 30 % are not allowed.');
    expect(grown(enough, outcomes(50), day(9)).retired).toEqual(enough.retired);
    const seven = grown(aPattern({ outcomes: outcomes(7) }), outcomes(3, { helped: false }, 'bad'));
    expect(seven.retired).toBeNull();
  });

  it('[D208] gets no weight from outcomes that outsiders could stage, only loses by them', () => {
    const staged = outcomes(60, { trusted: false });
    expect(often(grown(aPattern(), staged, day(3), UNLIMITED), UNLIMITED, day(20))).toMatchObject({
      stage: 'observe',
      confidence: 0.5,
    });
    const worse = grown(aPattern({ outcomes: outcomes(10) }), outcomes(3, { trusted: false, helped: false }, 'bad'));
    const alone = grown(aPattern(), outcomes(10));
    expect(worse.confidence).toBeLessThanOrEqual(alone.confidence);
  });

  it('[D208] stays a suggestion while a critical or financial one has no approval', () => {
    const proof = outcomes(40);
    const critical = often(grown(aPattern({ tags: ['critical'] }), proof, day(3), UNLIMITED), UNLIMITED, day(3));
    expect(critical.stage).toBe('suggest');
    const approved = { ...critical, approved: { by: 'the team', at: day(4).toISOString() } };
    expect(often(approved, UNLIMITED, day(4)).stage).toBe('act');
  });

  it('fades to what it began with while nothing is seen of it', () => {
    const proven = often(grown(aPattern(), outcomes(40), day(3), UNLIMITED), UNLIMITED, day(3));
    const later = new Date('2028-11-01T00:00:00Z');
    const faded = settled(proven, UNLIMITED, later, 'as time went by');
    expect(faded.confidence).toBeLessThan(0.6);
    expect(faded.stage).toBe('observe');
  });

  it('[D212] [D260] counts how often it helped, each incident once, and keeps the history of its confidence', () => {
    const twice = grown(grown(aPattern(), outcomes(6)), [
      ...outcomes(6),
      aPatternOutcome({ incident: 'x', helped: false }),
    ]);
    expect(effectivenessOf(twice)).toMatchObject({ hits: 6, cases: 7 });
    expect(twice.history.map(({ confidence }) => Number(confidence.toFixed(2)))).toEqual([0.5, 0.6]);
  });
});
