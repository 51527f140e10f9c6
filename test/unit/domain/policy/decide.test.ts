import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Risk } from '#shared/domain/plan/bound-action.ts';
import { UNKNOWN_IMPACT } from '#shared/domain/plan/candidates.ts';
import { PartOfWeek } from '#shared/domain/policy/circumstances/circumstance-rules.ts';
import { type Circumstances, Load } from '#shared/domain/policy/circumstances/circumstances.ts';
import { type DecisionInput, decide } from '#shared/domain/policy/decide.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { aConfiguration, aService, someCircumstances } from '#test/builders/index.ts';
import { aCandidate } from '../plan/a-candidate.ts';

const now = new Date('2026-11-21T12:00:00Z');
const frozen = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z', reason: 'sale' };

type Rules = NonNullable<NonNullable<Parameters<typeof aConfiguration>[0]>['policy']>['circumstances'];

interface Change extends Partial<DecisionInput> {
  readonly candidate?: Parameters<typeof aCandidate>[0];
  readonly rules?: Rules;
}

function input(change: Change = {}): DecisionInput {
  const { candidate, rules, ...fields } = change;
  // What a plug-in says of itself; nobody says it of a playbook.
  const impact = actionOf(candidate?.actionId ?? 'rerun-failed-jobs')?.impact ?? UNKNOWN_IMPACT;
  const best = aCandidate({ impact, ...candidate });
  return {
    targetKind: 'alarm',
    offLimits: null,
    recovery: { kind: 'none' },
    mode: 'act',
    service: aService(),
    policy: aConfiguration({ policy: { circumstances: rules } }).policy,
    choice: { kind: 'chosen', candidate: best, best },
    modelConfidence: null,
    actionsSoFar: 0,
    circumstances: someCircumstances(),
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

const ruled = (rules: Rules) => ({ rules });
const around = (change: Partial<Circumstances>) => ({ circumstances: someCircumstances(change) });
const during = (partOfWeek: PartOfWeek) => around({ partOfWeek });
const asking = (risk: Risk, ...parts: PartOfWeek[]) => ruled({ askDuring: [{ risks: [risk], during: parts }] });
const night = { from: '22:00', to: '04:00' };
const noon = { days: ['sat' as const], from: '12:00', to: '12:01' };
const [low, medium] = [{ risk: 'low' }, { risk: 'medium' }] as const;
const scale = { actionId: 'scale-ecs-service' } as const;
const refresh = { actionId: 'refresh-instances', risk: 'medium' } as const;
const rollback = { actionId: 'rollback-lambda-alias', risk: 'medium' } as const;
const riskyDay = { riskierFromIncidentsInDay: 10 };
const requests = { metric: { namespace: 'Shop', name: 'Requests' }, low: 10, high: 100 };

describe('the decision', () => {
  it.each([
    // Recovered by itself: nothing else counts.
    ['recovered', { recovery: healthy }],
    ['recovered', { recovery: healthy, mode: 'suggest' as const, choice: none }],
    // Healthy, but perhaps thanks to what was undone: nothing more is tried, a human looks.
    ['escalate', { recovery: doubtful }],
    ['suggest', { recovery: doubtful, targetKind: 'run' as const }],
    // Modes.
    ['suggest', { mode: 'off' as const }],
    ['suggest', { mode: 'observe' as const }],
    ['suggest', { mode: 'observe' as const, choice: none }],
    ['suggest', { mode: 'suggest' as const }],
    ['act', { mode: 'act' as const }],
    // Nothing fits, or a human is asked for: a run gets a comment, an alarm must reach somebody.
    ['escalate', { choice: none }],
    ['escalate', { choice: none, mode: 'suggest' as const }],
    ['suggest', { choice: none, targetKind: 'run' as const }],
    ['escalate', { choice: none, targetKind: 'storm' as const }],
    ['escalate', { choice: human }],
    ['suggest', { choice: human, targetKind: 'run' as const }],
    // Risks and critical services.
    ['act', { candidate: { risk: 'medium' as const } }],
    ['approve', { candidate: { risk: 'high' as const } }],
    ['approve', { candidate: { risk: 'low' as const }, ...policyOf({ policy: { approvalRequiredRisks: ['low'] } }) }],
    ['approve', { service: aService({ criticality: 'critical' }) }],
    ['act', { service: aService({ criticality: 'high' }) }],
    ['act', { service: null, targetKind: 'run' as const }],
    // Freezes and the limit of one incident.
    ['escalate', policyOf({ policy: { freezes: [frozen] } })],
    ['suggest', { ...policyOf({ policy: { freezes: [frozen] } }), targetKind: 'run' as const }],
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

  it.each([
    // Beside the change windows of all, or of the service alone.
    ['approve', ruled({ changeWindows: [night] })],
    ['act', ruled({ changeWindows: [noon] })],
    ['act', ruled({ changeWindows: [night, noon] })],
    ['escalate', ruled({ changeWindows: [night], outsideChangeWindows: 'escalate' })],
    ['act', ruled({ changeWindows: [noon], outsideChangeWindows: 'escalate' })],
    ['approve', { service: aService({ changeWindows: [night] }) }],
    ['act', { ...ruled({ changeWindows: [night] }), service: aService({ changeWindows: [noon] }) }],
    ['act', { ...ruled({ changeWindows: [night] }), service: aService({ changeWindows: [] }) }],
    // A run is no service, and no change of one.
    ['act', { ...ruled({ changeWindows: [night] }), service: null, targetKind: 'run' as const }],
    // By the part of the week and the risk.
    ['approve', { ...asking('medium', 'weekend'), candidate: medium, ...during('weekend') }],
    ['act', { ...asking('medium', 'weekend'), candidate: medium, ...during('working-hours') }],
    ['act', { ...asking('medium', 'weekend'), candidate: low, ...during('weekend') }],
    ['act', { ...asking('low', 'working-hours', 'evening'), candidate: low, ...during('night') }],
    ['approve', { ...asking('low', 'working-hours', 'evening'), candidate: low, ...during('evening'), service: null }],
    // Right after a deployment capacity and settings wait for a person; taking it back does not.
    ['approve', { candidate: scale, ...around({ minutesSinceDeployment: 29.9 }) }],
    ['act', { candidate: scale, ...around({ minutesSinceDeployment: 30 }) }],
    ['act', { candidate: scale, ...around({ minutesSinceDeployment: null }) }],
    ['act', { candidate: rollback, ...around({ minutesSinceDeployment: 5 }) }],
    ['act', { candidate: { actionId: 'redeploy-ecs-service' }, ...around({ minutesSinceDeployment: 5 }) }],
    ['approve', { candidate: { actionId: 'a-playbook' }, ...around({ minutesSinceDeployment: 5 }) }],
    ['act', { candidate: scale, ...around({ minutesSinceDeployment: 0 }), ...ruled({ askAfterDeploymentMinutes: 0 }) }],
    // What interrupts a service waits while it is busy, or while nobody can tell.
    ['approve', { candidate: refresh, ...around({ load: 'high' }) }],
    ['act', { candidate: refresh, ...around({ load: 'normal' }) }],
    ['act', { candidate: refresh, ...around({ load: 'unknown' }) }],
    ['approve', { candidate: refresh, ...around({ load: 'unknown' }), service: aService({ load: requests }) }],
    ['act', { candidate: scale, ...around({ load: 'high' }) }],
    ['approve', { candidate: { actionId: 'a-playbook' }, ...around({ load: 'high' }) }],
    // Many incidents in a day make every action of a service riskier; a repository's many failed runs are ordinary.
    ['approve', { candidate: medium, ...around({ incidentsInDay: 10 }), ...ruled(riskyDay) }],
    ['act', { candidate: medium, ...around({ incidentsInDay: 9 }), ...ruled(riskyDay) }],
    ['act', { candidate: medium, ...around({ incidentsInDay: 25 }) }],
    ['act', { candidate: low, ...around({ incidentsInDay: 25 }), ...ruled(riskyDay) }],
    [
      'act',
      {
        candidate: medium,
        ...around({ incidentsInDay: 25 }),
        ...ruled(riskyDay),
        service: null,
        targetKind: 'run' as const,
      },
    ],
    ['act', { candidate: medium, ...around({ recentDeployments: 40 }) }],
    [
      'approve',
      { candidate: medium, ...around({ recentDeployments: 3 }), ...ruled({ riskierFromDeploymentsInDay: 3 }) },
    ],
    [
      'approve',
      {
        candidate: low,
        ...around({ recentDeployments: 3, incidentsInDay: 10 }),
        ...ruled({ ...riskyDay, riskierFromDeploymentsInDay: 3 }),
      },
    ],
  ] as const)('[D35] weighs what is going on: %s, with its reasons, for %j', (decision, change) => {
    const judgement = decide(input(change));
    expect(judgement.decision).toBe(decision);
    expect(judgement.reasons.join('')).not.toBe('');
    expect(judgement.needsApproval === undefined).toBe(decision !== 'approve');
  });

  it('says in plain words why a person is asked, and whether it is for being outside of a change window', () => {
    const inside = decide(input({ candidate: { risk: 'high' } }));
    expect(inside.needsApproval).toEqual({
      reasons: ['Actions of high risk need an approval.'],
      outsideChangeWindow: false,
    });
    const outside = decide(input({ ...ruled({ changeWindows: [night], timeZone: 'Europe/Berlin' }) }));
    expect(outside.needsApproval).toEqual({
      reasons: ['It is outside the change windows of checkout (22:00 to 04:00; Europe/Berlin).'],
      outsideChangeWindow: true,
    });
    const riskier = decide(input({ candidate: medium, ...around({ incidentsInDay: 12 }), ...ruled(riskyDay) }));
    expect(riskier.reasons.slice(0, 2)).toEqual([
      'Its risk counts as high, not medium: 12 other incidents of the same alarm ended within a day.',
      'Actions of high risk need an approval.',
    ]);
  });

  it('never becomes bolder by any circumstance', () => {
    const rules = fc.record({
      changeWindows: fc.subarray([night, noon]),
      outsideChangeWindows: fc.constantFrom('approve' as const, 'escalate' as const),
      askDuring: fc.subarray([{ risks: ['low' as const], during: [...PartOfWeek.options] }]),
      riskierFromDeploymentsInDay: fc.option(fc.integer({ min: 1, max: 9 })),
      riskierFromIncidentsInDay: fc.option(fc.integer({ min: 1, max: 25 })),
    });
    const askedRisks = fc.subarray(['low' as const, 'medium' as const, 'high' as const]);
    const candidate = fc.record({
      actionId: fc.constantFrom('scale-ecs-service', 'refresh-instances', 'rollback-lambda-alias', 'a-playbook'),
      risk: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
      confidence: fc.constantFrom(0.5, 0.7, 0.9),
    });
    const circumstances = fc.record({
      partOfWeek: fc.constantFrom(...PartOfWeek.options),
      load: fc.constantFrom(...Load.options),
      recentDeployments: fc.option(fc.nat(9)),
      minutesSinceDeployment: fc.option(fc.nat(90)),
      incidentsInDay: fc.nat(25),
    });
    const boldness = { escalate: 0, recovered: 0, suggest: 1, approve: 2, act: 3 };
    fc.assert(
      fc.property(rules, askedRisks, candidate, circumstances, (some, approvalRequiredRisks, one, what) => {
        const under = (circumstances: Rules) => policyOf({ policy: { approvalRequiredRisks, circumstances } });
        const free = decide(input({ candidate: one, ...under({}) }));
        const usual = decide(input({ candidate: one, ...during(what.partOfWeek), ...under(some) }));
        const bound = decide(input({ candidate: one, circumstances: what, ...under(some) }));
        expect(boldness[usual.decision]).toBeLessThanOrEqual(boldness[free.decision]);
        expect(boldness[bound.decision]).toBeLessThanOrEqual(boldness[usual.decision]);
      }),
    );
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
