import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecisionInput, decide } from '#shared/domain/policy/decide.ts';
import { aConfiguration, aService } from '#test/builders/index.ts';
import { aCandidate } from '../remediation/a-candidate.ts';

const now = new Date('2026-11-21T12:00:00Z');
const frozen = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z', reason: 'sale' };

function input(change: Partial<DecisionInput> & { candidate?: Parameters<typeof aCandidate>[0] } = {}): DecisionInput {
  const { candidate, ...fields } = change;
  const best = aCandidate(candidate);
  return {
    targetKind: 'alarm',
    recovery: { kind: 'none' },
    mode: 'act',
    service: aService(),
    policy: aConfiguration().policy,
    choice: { kind: 'chosen', candidate: best, best },
    modelConfidence: null,
    actionsSoFar: 0,
    now,
    ...fields,
  };
}
const policyOf = (policy: Parameters<typeof aConfiguration>[0]): Pick<DecisionInput, 'policy'> => ({
  policy: aConfiguration(policy).policy,
});
const healthy = { kind: 'recovered', how: 'The alarm is OK again.' } as const;
const doubtful = { kind: 'doubtful', why: 'Its roll back was undone.' } as const;
const none = { kind: 'none' } as const;
const human = { kind: 'human', reason: 'The model asks for a human.' } as const;

describe('the decision', () => {
  it.each([
    // Recovered by itself: nothing else counts.
    ['recovered', { recovery: healthy }],
    ['recovered', { recovery: healthy, mode: 'suggest' as const, choice: none }],
    // Healthy, but perhaps thanks to what was undone: nothing more is tried, a human looks.
    ['escalate', { recovery: doubtful }],
    ['suggest', { recovery: doubtful, targetKind: 'github-run' as const }],
    // Modes.
    ['suggest', { mode: 'off' as const }],
    ['suggest', { mode: 'observe' as const }],
    ['suggest', { mode: 'observe' as const, choice: none }],
    ['suggest', { mode: 'suggest' as const }],
    ['act', { mode: 'act' as const }],
    // Nothing fits, or a human is asked for: a run gets a comment, an alarm must reach somebody.
    ['escalate', { choice: none }],
    ['escalate', { choice: none, mode: 'suggest' as const }],
    ['suggest', { choice: none, targetKind: 'github-run' as const }],
    ['escalate', { choice: none, targetKind: 'storm' as const }],
    ['escalate', { choice: human }],
    ['suggest', { choice: human, targetKind: 'github-run' as const }],
    // Risks and critical services.
    ['act', { candidate: { risk: 'medium' as const } }],
    ['approve', { candidate: { risk: 'high' as const } }],
    ['approve', { candidate: { risk: 'low' as const }, ...policyOf({ policy: { approvalRequiredRisks: ['low'] } }) }],
    ['approve', { service: aService({ criticality: 'critical' }) }],
    ['act', { service: aService({ criticality: 'high' }) }],
    ['act', { service: null, targetKind: 'github-run' as const }],
    // Freezes and the limit of one incident.
    ['escalate', policyOf({ policy: { freezes: [frozen] } })],
    ['suggest', { ...policyOf({ policy: { freezes: [frozen] } }), targetKind: 'github-run' as const }],
    ['act', { actionsSoFar: 4 }],
    ['escalate', { actionsSoFar: 5 }],
    ['escalate', policyOf({ policy: { maxActionsPerIncident: 0 } })],
  ] as const)('[C77] is %s, with its reasons, for %j', (decision, change) => {
    const judgement = decide(input(change));
    expect(judgement.decision).toBe(decision);
    expect(judgement.reasons.join('')).not.toBe('');
  });

  it.each([
    [1, 'act'],
    [0.85, 'act'],
    [0.8499, 'approve'],
    [0.6, 'approve'],
    [0.5999, 'escalate'],
    [0, 'escalate'],
  ] as const)('[D226] acts from 0.85, asks between, escalates under 0.60: %d gives %s', (confidence, decision) => {
    expect(decide(input({ candidate: { confidence } })).decision).toBe(decision);
  });

  it('[D227] asks a human about every action for a critical service, however sure and harmless', () => {
    const service = aService({ criticality: 'critical' });
    expect(decide(input({ service, candidate: { risk: 'low', confidence: 1 } })).decision).toBe('approve');
  });

  it('[D27] weighs the criticality of the service and change windows', () => {
    expect(decide(input()).decision).toBe('act');
    expect(decide(input({ service: aService({ criticality: 'critical' }) })).decision).toBe('approve');
    expect(decide(input(policyOf({ policy: { freezes: [frozen] } }))).decision).toBe('escalate');
  });

  it('lets a model lower the confidence, never raise it', () => {
    expect(decide(input({ modelConfidence: 0.65 })).decision).toBe('approve');
    expect(decide(input({ modelConfidence: 0.35 })).decision).toBe('escalate');
    expect(decide(input({ modelConfidence: 1, candidate: { confidence: 0.7 } })).decision).toBe('approve');
  });

  it('gives a safer pick no more freedom than the best candidate has', () => {
    const best = aCandidate({ label: 'best', risk: 'high', confidence: 0.95 });
    const candidate = aCandidate({ label: 'safer', risk: 'low', confidence: 0.9 });
    expect(decide(input({ choice: { kind: 'chosen', candidate, best } }))).toMatchObject({
      decision: 'approve',
      candidate,
    });
  });

  it('never acts bolder with a model than without one', () => {
    const boldness = { escalate: 0, recovered: 0, suggest: 1, approve: 2, act: 3 };
    const candidate = fc.record({
      risk: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(candidate, candidate, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, modelConfidence) => {
        const best = aCandidate(one);
        const alone = decide(input({ choice: { kind: 'chosen', candidate: best, best } }));
        const pick = aCandidate({ ...other, label: 'pick' });
        const asked = decide(input({ choice: { kind: 'chosen', candidate: pick, best }, modelConfidence }));
        expect(boldness[asked.decision]).toBeLessThanOrEqual(boldness[alone.decision]);
      }),
    );
  });
});
