import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { rankByBenefit } from '#shared/domain/learning/rank-by-benefit.ts';
import { anActionOutcome } from '#test/builders/index.ts';
import { aCandidate } from '../plan/a-candidate.ts';

const now = new Date('2026-11-21T12:00:00Z');
const context = { class: 'flaky_tests', scope: 'repository#1', now, circumstances: null } as const;
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000).toISOString();

function outcomes(actionId: string, helped: number, failed: number, change: Partial<ActionOutcome> = {}) {
  return Array.from({ length: helped + failed }, (_, at) =>
    anActionOutcome({ actionId, verified: at < helped ? 'recovered' : 'failed', at: daysAgo(0), ...change }),
  );
}
const candidate = (actionId: string, confidence: number, risk: 'low' | 'medium' | 'high' = 'low') =>
  aCandidate({ actionId, label: actionId, confidence, risk });

describe('ranking by benefit', () => {
  it('leaves candidates as they are while nothing is known of the class', () => {
    const candidates = [candidate('a', 0.9), candidate('b', 0.8)];
    const elsewhere = outcomes('b', 50, 0, { class: 'unknown' });
    expect(rankByBenefit(candidates, elsewhere, context)).toMatchObject(candidates);
  });

  it('puts first what helped, and says how likely it is to help', () => {
    const ranked = rankByBenefit(
      [candidate('a', 0.9), candidate('b', 0.8)],
      [...outcomes('a', 1, 20), ...outcomes('b', 20, 1)],
      context,
    );
    expect(ranked.map(({ actionId }) => actionId)).toEqual(['b', 'a']);
    expect(ranked[0]?.expected).toBeCloseTo(0.91, 2);
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

  it('[C74] tries an action of low risk of which less is known before one that is expected to help a little more', () => {
    const candidates = [candidate('a', 0.6), candidate('b', 0.6)];
    const first = (known: ActionOutcome[]) => rankByBenefit(candidates, known, context)[0];
    expect(first([...outcomes('a', 40, 20), ...outcomes('b', 2, 1)])).toMatchObject({ actionId: 'b' });
    expect(first([...outcomes('a', 40, 20), ...outcomes('b', 3, 5)])).toMatchObject({ actionId: 'a' });
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
      fc.property(known, risks, (groups, chosen) => {
        const candidates = ['a', 'b', 'c'].map((id, at) => candidate(id, 0.7, chosen[at] ?? 'low'));
        const ranked = rankByBenefit(candidates, groups.flat(), context);
        const [first] = ranked;
        expect(ranked.map(({ actionId }) => actionId).sort()).toEqual(['a', 'b', 'c']);
        if (first?.risk !== 'low') {
          expect(first?.expected).toBe(Math.max(...ranked.map(({ expected }) => expected)));
        }
      }),
    );
  });
});
