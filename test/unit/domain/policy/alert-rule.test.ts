import { describe, expect, it } from 'vitest';
import { AlertRule, raisedBy } from '#shared/domain/policy/alert-rule.ts';
import type { Decision, Judgement } from '#shared/domain/policy/decide.ts';
import { withAlerts } from '#shared/domain/policy/decide.ts';

const rule = (change: object = {}) =>
  AlertRule.parse({
    pattern: 'connection to * refused',
    action: 'notify',
    service: 'payment',
    confidence: 0.8,
    ...change,
  });
const failure = { service: 'payment', confidence: 0.9, lines: ['INFO up', 'ERROR connection to db-1 refused'] };

describe('an alert rule', () => {
  it.each([
    ['its message, service and confidence', {}, {}, true],
    ['another message', { pattern: 'no space left on device' }, {}, false],
    ['another service', {}, { service: 'checkout' }, false],
    ['a failure of no service', {}, { service: null }, false],
    ['every service, where it names none', { service: null }, { service: 'checkout' }, true],
    ['a class that is not sure enough', {}, { confidence: 0.79 }, false],
    ['no lines', {}, { lines: [] }, false],
  ])('[D154] is judged by %s', (_what, change, other, raised) => {
    expect(raisedBy([rule(change)], { ...failure, ...other })).toHaveLength(raised ? 1 : 0);
  });

  it('[D154] is refused where its pattern would be in every log', () => {
    expect(AlertRule.safeParse({ pattern: 'error', action: 'notify' }).success).toBe(false);
  });

  const BOLDNESS = { escalate: 0, recovered: 0, suggest: 1, approve: 2, act: 3 } as const;
  it.each(Object.keys(BOLDNESS) as Decision[])('[D154] never makes a decision to %s bolder', (decision) => {
    const needsApproval = decision === 'approve' ? { reasons: ['Risky.'], outsideChangeWindow: true } : undefined;
    const judgement: Judgement = {
      decision,
      reasons: ['Because.'],
      candidate: null,
      ...(needsApproval === undefined ? {} : { needsApproval }),
    };
    for (const action of ['notify', 'ask', 'escalate'] as const) {
      const after = withAlerts(judgement, [rule({ action })]);
      expect(BOLDNESS[after.decision]).toBeLessThanOrEqual(BOLDNESS[decision]);
      expect(after.reasons).toEqual(expect.arrayContaining(['Because.']));
      if (action === 'notify') expect(after).toEqual(judgement);
    }
  });

  it('[D154] asks or hands over, and says which rule does', () => {
    const acting: Judgement = { decision: 'act', reasons: ['Sure.'], candidate: null };
    expect(withAlerts(acting, [rule({ action: 'ask' })])).toMatchObject({
      decision: 'approve',
      needsApproval: { reasons: [expect.stringContaining('"connection to * refused" at payment')] },
    });
    const escalated = withAlerts({ ...acting, needsApproval: { reasons: [], outsideChangeWindow: false } }, [
      rule({ action: 'escalate' }),
    ]);
    expect(escalated).toEqual({
      decision: 'escalate',
      reasons: [expect.stringContaining('hands failures with'), 'Sure.'],
      candidate: null,
    });
  });
});
