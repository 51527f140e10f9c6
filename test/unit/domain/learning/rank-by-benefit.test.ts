import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbersFrom } from '#shared/domain/kernel/seeded-numbers.ts';
import { type ActionOutcome, benefitOf, meanOf } from '#shared/domain/learning/action-experience.ts';
import { sampleOf } from '#shared/domain/learning/beta-sample.ts';
import { rankByBenefit } from '#shared/domain/learning/rank-by-benefit.ts';
import { anActionOutcome } from '#test/builders/index.ts';
import { aCandidate } from '../remediation/a-candidate.ts';

const now = new Date('2026-11-21T12:00:00Z');
const context = { class: 'flaky_tests', scope: 'repository#1', now, seed: 'gh-1' } as const;
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000).toISOString();

function outcomes(actionId: string, helped: number, failed: number, change: Partial<ActionOutcome> = {}) {
  return Array.from({ length: helped + failed }, (_, at) =>
    anActionOutcome({ actionId, verified: at < helped ? 'recovered' : 'failed', at: daysAgo(0), ...change }),
  );
}
const candidate = (actionId: string, confidence: number, risk: 'low' | 'medium' | 'high' = 'low') =>
  aCandidate({ actionId, label: actionId, confidence, risk });

describe('the expected benefit of an action', () => {
  const expected = (proposed: number, known: ActionOutcome[]) => meanOf(benefitOf(proposed, known, context));

  it("is the plug-in's confidence while nothing was verified", () => {
    expect(expected(0.7, [])).toBeCloseTo(0.7);
  });

  it('[D36] [D198] follows what was verified', () => {
    expect(expected(0.7, outcomes('a', 8, 0))).toBeCloseTo(0.94);
    expect(expected(0.7, outcomes('a', 0, 8))).toBeCloseTo(0.14);
    expect(expected(0.9, outcomes('a', 0, 1))).toBeCloseTo(0.6);
  });

  it('fades: an outcome counts half after sixty days', () => {
    expect(expected(0.5, outcomes('a', 2, 0, { at: daysAgo(60) }))).toBeCloseTo(2 / 3);
  });

  it('learns from other places too, but never more than six outcomes are worth', () => {
    const elsewhere = outcomes('a', 1000, 0, { scope: 'repository#2' });
    const { helped, failed } = benefitOf(0.5, elsewhere, context);
    expect(helped + failed).toBeCloseTo(8);
    expect(expected(0.5, [...elsewhere, ...outcomes('a', 0, 8)])).toBeLessThan(0.5);
  });
});

describe('a draw of a benefit', () => {
  it.each([
    [0.5, 0.5],
    [2, 6],
    [40, 10],
  ])('has the mean and the spread of beta(%s, %s)', (helped, failed) => {
    const random = numbersFrom(7);
    const draws = Array.from({ length: 20_000 }, () => sampleOf({ helped, failed }, random));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    const all = helped + failed;
    expect(mean).toBeCloseTo(helped / all, 2);
    expect(variance).toBeCloseTo((helped * failed) / (all * all * (all + 1)), 2);
    expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true);
  });
});

describe('ranking by benefit', () => {
  it('leaves candidates as they are while nothing is known of the class', () => {
    const candidates = [candidate('a', 0.9), candidate('b', 0.8)];
    const elsewhere = outcomes('b', 50, 0, { class: 'unknown' });
    expect(rankByBenefit(candidates, elsewhere, context)).toMatchObject(candidates);
  });

  it('[E14] puts first what helped, and says how likely it is to help', () => {
    const ranked = rankByBenefit(
      [candidate('a', 0.9), candidate('b', 0.8)],
      [...outcomes('a', 1, 20), ...outcomes('b', 20, 1)],
      context,
    );
    expect(ranked.map(({ actionId }) => actionId)).toEqual(['b', 'a']);
    expect(ranked[0]?.expected).toBeCloseTo(0.94, 2);
  });

  it('[D36] moves a confidence only as far as outcomes contradict it, and up by trusted ones alone', () => {
    const learned = (known: ActionOutcome[]) => rankByBenefit([candidate('a', 0.9)], known, context)[0]?.confidence;
    expect(learned(outcomes('a', 1, 1))).toBe(0.9);
    expect(learned(outcomes('a', 0, 1))).toBeCloseTo(0.85, 2);
    expect(learned(outcomes('a', 0, 2))).toBeCloseTo(0.67, 2);
    expect(learned(outcomes('a', 0, 4))).toBeLessThan(0.5);
    expect(learned(outcomes('a', 300, 0))).toBeGreaterThan(0.98);
    expect(learned(outcomes('a', 300, 0, { trusted: false }))).toBe(0.9);
    expect(learned([...outcomes('a', 40, 0), ...outcomes('a', 0, 40, { trusted: false })])).toBeLessThan(0.65);
  });

  it('tries another action of low risk now and then, the same for the same incident', () => {
    const candidates = [candidate('a', 0.6), candidate('b', 0.6)];
    const known = [...outcomes('a', 3, 2), ...outcomes('b', 2, 2)];
    const first = (seed: string) => rankByBenefit(candidates, known, { ...context, seed })[0]?.actionId;
    const firsts = Array.from({ length: 200 }, (_, at) => first(`gh-${at}`));
    expect(firsts.filter((id) => id === 'b').length).toBeGreaterThan(5);
    expect(firsts.filter((id) => id === 'a').length).toBeGreaterThan(100);
    expect(firsts).toEqual(Array.from({ length: 200 }, (_, at) => first(`gh-${at}`)));
  });

  it('never explores above low risk: such an action is first only when it is expected to help most', () => {
    const known = fc.array(
      fc
        .record({ id: fc.constantFrom('a', 'b', 'c'), good: fc.boolean() })
        .map(({ id, good }) => outcomes(id, good ? 1 : 0, good ? 0 : 1)),
      { maxLength: 40 },
    );
    const risks = fc.tuple(
      ...['a', 'b', 'c'].map(() => fc.constantFrom('low', 'medium', 'high') as fc.Arbitrary<'low'>),
    );
    fc.assert(
      fc.property(known, risks, fc.string(), (groups, chosen, seed) => {
        const candidates = ['a', 'b', 'c'].map((id, at) => candidate(id, 0.7, chosen[at] ?? 'low'));
        const ranked = rankByBenefit(candidates, groups.flat(), { ...context, seed });
        const [first] = ranked;
        expect(ranked.map(({ actionId }) => actionId).sort()).toEqual(['a', 'b', 'c']);
        if (first?.risk !== 'low') {
          expect(first?.expected).toBe(Math.max(...ranked.map(({ expected }) => expected)));
        }
      }),
    );
  });
});
