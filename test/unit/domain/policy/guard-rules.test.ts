import { describe, expect, it } from 'vitest';
import { bindAction } from '#shared/domain/plan/bind-action.ts';
import { testIssueKey } from '#shared/domain/plan/target-key.ts';
import { breakerScopeOf, type GuardFacts, judgeGuard } from '#shared/domain/policy/guard-rules.ts';
import { limitRules } from '#shared/domain/policy/limits.ts';
import { aBoundAction, aConfiguration, aGithubTarget, anAlarmTarget, aService } from '#test/builders/index.ts';
import { aCandidate } from '../plan/a-candidate.ts';

const now = new Date('2026-11-21T12:34:56Z');
const freeze = { from: '2026-11-21T12:00:00Z', to: '2026-11-21T13:00:00Z', reason: 'sale' };
const rollback = bindAction(
  aCandidate({
    actionId: 'rollback-lambda-alias',
    family: 'lambda',
    risk: 'medium',
    targetKey: 'lambda:checkout/live',
  }),
  { incidentId: `cw-${'0'.repeat(24)}`, target: anAlarmTarget(), at: now },
);

function facts(change: Partial<GuardFacts> = {}): GuardFacts {
  return {
    action: aBoundAction(),
    targetKey: 'github:acme/shop/run/1001',
    target: aGithubTarget(),
    controls: { killSwitch: false, reason: null },
    policy: aConfiguration().policy,
    denial: null,
    mode: 'act',
    service: null,
    failures: 0,
    approval: null,
    approvalReason: null,
    now,
    ...change,
  };
}
const ofAlarm: Partial<GuardFacts> = {
  action: rollback,
  targetKey: 'lambda:checkout/live',
  target: anAlarmTarget(),
  service: aService(),
};

describe('the guard rules', () => {
  it('let a sealed action pass on a quiet day', () => {
    expect(judgeGuard(facts())).toEqual([]);
    expect(judgeGuard(facts(ofAlarm))).toEqual([]);
  });

  it.each([
    ['the kill switch', { controls: { killSwitch: true, reason: 'drill' } }, 'kill switch is on: drill'],
    ['a freeze', { policy: aConfiguration({ policy: { freezes: [freeze] } }).policy }, 'frozen until'],
    ['a changed plan', { action: { ...aBoundAction(), risk: 'medium' } as GuardFacts['action'] }, 'changed after'],
    ['another target', { target: aGithubTarget({ runAttempt: 2 }) }, 'has changed since the plan'],
    ['another mode', { mode: 'suggest' as const }, 'The mode is suggest'],
    ['a foreign run', { targetKey: 'github:acme/shop/run/9' }, 'not what the incident is about'],
    [
      'a plan that names another thing',
      { action: aBoundAction({ targetKey: 'github:acme/shop/run/9' }) },
      'not what the incident',
    ],
    ['an open breaker', { failures: 3 }, 'circuit breaker is open'],
    ['a pending approval', { approval: 'pending' as const }, 'is pending'],
    ['a rejected approval', { approval: 'rejected' as const }, 'is rejected'],
    ['a service without deployment', { ...ofAlarm, service: aService({ deployment: null }) }, 'not what the incident'],
    ['an alarm of nobody', { ...ofAlarm, service: null }, 'not what the incident'],
    ['a critical service', { ...ofAlarm, service: aService({ criticality: 'critical' }) }, 'Nobody approved'],
  ])('stop an action because of %s', (_what, change, reason) => {
    expect(judgeGuard(facts(change)).join(' ')).toContain(reason);
  });

  it.each([
    ['of its own repository', 'acme/shop', '0123456789abcdef', []],
    ['of another repository', 'acme/other', '0123456789abcdef', [expect.stringContaining('not what the incident')]],
    ['where nothing may be written', 'acme/shop', null, [expect.stringContaining('not what the incident')]],
  ])('judge an action about a test %s', (_where, repository, fingerprint, denials) => {
    const targetKey = testIssueKey(repository, 'feedfeedfeedfeed');
    expect(judgeGuard(facts({ action: aBoundAction({ targetKey }), targetKey, fingerprint }))).toEqual(denials);
  });

  it('let an approved action for a critical service pass', () => {
    expect(
      judgeGuard(facts({ ...ofAlarm, service: aService({ criticality: 'critical' }), approval: 'approved' })),
    ).toEqual([]);
  });

  it('[D224] open the circuit breaker at the configured number of failures', () => {
    const policy = aConfiguration({ policy: { breakerFailures: 2 } }).policy;
    expect(judgeGuard(facts({ policy, failures: 1 }))).toEqual([]);
    expect(judgeGuard(facts({ policy, failures: 2 }))).toHaveLength(1);
  });

  it('count failures of re-runs by workflow and of rollbacks by target', () => {
    const other = aBoundAction({ target: aGithubTarget({ runId: 2 }), targetKey: 'github:acme/shop/run/2' });
    expect(breakerScopeOf(aBoundAction())).toBe(breakerScopeOf(other));
    expect(breakerScopeOf(rollback)).toBe('rollback-lambda-alias#lambda:checkout/live');
  });

  it('count failures of pull requests, of forks too, apart from those of the default branch', () => {
    const scope = (change: Parameters<typeof aGithubTarget>[0]) =>
      breakerScopeOf(aBoundAction({ target: aGithubTarget(change) }));
    const main = scope({ pullRequest: null, event: 'push', onDefaultBranch: true });
    const fork = scope({ pullRequest: null, event: 'pull_request' });
    expect(main).not.toBe(fork);
    expect(scope({ pullRequest: 12, event: 'pull_request' })).toBe(fork);
    expect(scope({ pullRequest: null, event: 'schedule', onDefaultBranch: true })).toBe(main);
  });
});

describe('the limits', () => {
  it('hold for the incident, its target and everybody, the latter two by clock hour', () => {
    const [incident, target, runs, everybody] = limitRules(aBoundAction(), aConfiguration().policy, now);
    expect(incident).toMatchObject({ scope: `incident:gh-${'0'.repeat(24)}`, window: 'all', limit: 5 });
    expect(target).toMatchObject({ scope: 'target:github:acme/shop/run/1001', window: '2026-11-21T12', limit: 3 });
    expect(runs).toMatchObject({ scope: 'runs', window: '2026-11-21T12', limit: 7 });
    expect(everybody).toMatchObject({ scope: 'everything', window: '2026-11-21T12', limit: 10 });
    expect(everybody?.expiresAt.toISOString()).toBe('2026-11-21T13:00:00.000Z');
  });

  it('keep some actions of the hour for services, however many runs are repeated', () => {
    const rollback = aBoundAction({ target: anAlarmTarget() });
    expect(limitRules(rollback, aConfiguration().policy, now).map(({ scope }) => scope)).not.toContain('runs');
    const one = aConfiguration({ policy: { maxActionsPerHour: 1 } }).policy;
    expect(limitRules(aBoundAction(), one, now).find(({ scope }) => scope === 'runs')?.limit).toBe(1);
  });
});
