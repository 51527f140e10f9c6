import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { rankByBenefit } from '#shared/domain/learning/rank-by-benefit.ts';
import { type Decision, decide } from '#shared/domain/policy/decide.ts';
import { aConfiguration, anActionOutcome, aService, someCircumstances } from '#test/builders/index.ts';
import { aCandidate } from '../plan/a-candidate.ts';

type Policy = NonNullable<Parameters<typeof aConfiguration>[0]>['policy'];
type Autonomy = NonNullable<Policy>['autonomy'];

const now = new Date('2026-11-21T12:00:00Z');
const BOLDNESS: Readonly<Record<Decision, number>> = { escalate: 0, recovered: 0, suggest: 1, approve: 2, act: 3 };

function decided(autonomy: Autonomy, candidate: Parameters<typeof aCandidate>[0] = {}, policy: Policy = {}) {
  const best = aCandidate(candidate);
  return decide({
    targetKind: 'alarm',
    offLimits: null,
    recovery: { kind: 'none' },
    mode: 'act',
    service: aService(),
    policy: aConfiguration({ policy: { ...policy, autonomy } }).policy,
    choice: { kind: 'chosen', candidate: best, best },
    modelConfidence: null,
    actionsSoFar: 0,
    circumstances: someCircumstances(),
    now,
  });
}
const action = { id: 'rerun-failed-jobs', actAtConfidence: 0.95, askAtConfidence: 0.8 };

describe('thresholds of an action', () => {
  it.each([
    [0.95, 'act'],
    [0.94, 'approve'],
    [0.8, 'approve'],
    [0.79, 'escalate'],
  ] as const)('[D200] say from where it acts without and with an approval: %d gives %s', (confidence, decision) => {
    expect(decided({ actions: [action] }, { confidence }).decision).toBe(decision);
  });

  it('[D200] hold for that action alone', () => {
    expect(decided({ actions: [{ ...action, id: 'another' }] }, { confidence: 0.86 }).decision).toBe('act');
    const asks = decided({ actions: [{ id: action.id, alwaysAsk: true }] }, { confidence: 1 });
    expect(asks).toMatchObject({
      decision: 'approve',
      reasons: [expect.stringContaining('always needs an approval'), expect.anything()],
    });
  });

  it('[D200] may be stricter than policy, never looser', () => {
    const refused = Configuration.safeParse({
      version: 1,
      policy: { autonomy: { actions: [{ id: 'a', actAtConfidence: 0.5, askAtConfidence: 0.1 }, { id: 'a' }] } },
    });
    expect(refused.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      "policy.autonomy.actions.0.actAtConfidence: Must be at least the policy's 0.85.",
      "policy.autonomy.actions.0.askAtConfidence: Must be at least the policy's 0.6.",
      'policy.autonomy.actions.1.id: Is listed twice.',
    ]);
  });

  it('[D200] never make a decision bolder than policy alone does, whatever is configured and known', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const strict = fc.record({ act: share, ask: share, alwaysAsk: fc.boolean(), proven: fc.boolean() });
    const cases = fc.record({ helped: fc.nat(60), failed: fc.nat(60) });
    fc.assert(
      fc.property(strict, share, cases, ({ act, ask, alwaysAsk, proven }, confidence, { helped, failed }) => {
        const own = {
          id: action.id,
          actAtConfidence: Math.max(0.85, act),
          askAtConfidence: Math.max(0.6, ask),
          alwaysAsk,
        };
        const autonomy = { actions: [own], ...(proven ? { proven: {} } : {}) };
        const candidate = { confidence, proof: { helped, cases: helped + failed } };
        const boldest = BOLDNESS[decided({}, candidate).decision];
        expect(BOLDNESS[decided(autonomy, candidate).decision]).toBeLessThanOrEqual(boldest);
      }),
    );
  });
});

describe('an action that has to prove itself', () => {
  const outcomes = (cases: number, change: Parameters<typeof anActionOutcome>[0]) =>
    Array.from({ length: cases }, (_, at) =>
      anActionOutcome({ incidentId: `gh-${at}`, at: now.toISOString(), ...change }),
    );
  const context = { class: 'flaky_tests', scope: 'repository#1', now, circumstances: null } as const;
  const ranked = (known: ReturnType<typeof outcomes>) =>
    rankByBenefit([aCandidate({ confidence: 0.9 })], known, context)[0];

  it('[D207] is approved by a person until enough trusted outcomes speak for it', () => {
    const proven = { proven: { cases: 10 } };
    expect(decided(proven, {})).toMatchObject({
      decision: 'approve',
      reasons: [expect.stringContaining('helped in 0 of 0 trusted cases'), expect.anything()],
    });
    expect(decided(proven, ranked(outcomes(9, {}))).decision).toBe('approve');
    expect(decided(proven, ranked(outcomes(10, {}))).decision).toBe('act');
    expect(decided(proven, ranked([...outcomes(10, {}), ...outcomes(2, { verified: 'failed' })])).decision).toBe(
      'approve',
    );
  });

  it('[D208] proves nothing by what outsiders could have staged', () => {
    expect(decided({ proven: { cases: 10 } }, ranked(outcomes(60, { trusted: false }))).decision).toBe('approve');
  });
});
