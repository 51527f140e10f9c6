import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, chooseCandidate } from '#shared/domain/plan/candidates.ts';
import { aCandidate } from './a-candidate.ts';

const best = aCandidate({ label: 'best', risk: 'medium', confidence: 0.9 });
const safer = aCandidate({ label: 'safer', risk: 'low', confidence: 0.7 });
const riskier = aCandidate({ label: 'riskier', risk: 'high', confidence: 0.8 });
const list: readonly Candidate[] = [best, riskier, safer];

describe('choosing among candidates', () => {
  it('takes the best one when no model was asked', () => {
    expect(chooseCandidate(list, null)).toEqual({ kind: 'chosen', candidate: best, best });
  });

  it('lets a model pick a safer one', () => {
    expect(chooseCandidate(list, 'safer')).toEqual({ kind: 'chosen', candidate: safer, best });
  });

  it.each(['human', 'riskier', 'rm -rf /', '', 'BEST', '__proto__', 'best '])(
    'asks a human for the pick %j',
    (choice) => {
      expect(chooseCandidate(list, choice).kind).toBe('human');
    },
  );

  it('has nothing to choose from an empty list', () => {
    expect(chooseCandidate([], null)).toEqual({ kind: 'none' });
    expect(chooseCandidate([], 'best')).toEqual({ kind: 'none' });
  });

  it('never leaves the list and never takes more risk than the best, whatever a model answers', () => {
    const order = { low: 0, medium: 1, high: 2 };
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('best', 'safer', 'riskier', 'human')), (answer) => {
        const choice = chooseCandidate(list, answer);
        if (choice.kind !== 'chosen') return;
        expect(list).toContain(choice.candidate);
        expect(order[choice.candidate.risk]).toBeLessThanOrEqual(order[best.risk]);
      }),
    );
  });
});
