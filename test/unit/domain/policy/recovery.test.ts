import { describe, expect, it } from 'vitest';
import { activeFreeze } from '#shared/domain/policy/freeze.ts';
import { recoveryOf } from '#shared/domain/policy/recovery.ts';
import { aGithubTarget, anAlarmTarget, aTelemetry, someAlarmFacts, someRunFacts } from '#test/builders/index.ts';

const alarm = (change = {}) => aTelemetry({ facts: someAlarmFacts(change) });
const run = (change = {}) => aTelemetry({ facts: someRunFacts(change) });

describe('recovery by itself', () => {
  it('is an alarm that is OK again', () => {
    expect(recoveryOf(anAlarmTarget(), alarm({ state: 'OK' }))).toContain('OK again');
    expect(recoveryOf(anAlarmTarget(), alarm({ state: 'ALARM' }))).toBeNull();
    expect(recoveryOf(anAlarmTarget(), alarm({ state: 'INSUFFICIENT_DATA' }))).toBeNull();
  });

  it('is a later attempt that passed', () => {
    expect(recoveryOf(aGithubTarget(), run({ attempt: 2, conclusion: 'success' }))).toContain('Attempt 2');
    expect(recoveryOf(aGithubTarget(), run({ attempt: 2, conclusion: 'failure' }))).toBeNull();
    expect(recoveryOf(aGithubTarget(), run({ attempt: 2, status: 'in_progress', conclusion: null }))).toBeNull();
    expect(recoveryOf(aGithubTarget(), run({ attempt: 1, conclusion: 'success' }))).toBeNull();
  });
});

describe('a freeze', () => {
  const freezes = [{ from: '2026-12-20T00:00:00+01:00', to: '2027-01-02T00:00:00+01:00', reason: 'holidays' }];

  it.each([
    ['2026-12-19T22:59:59Z', false],
    ['2026-12-19T23:00:00Z', true],
    ['2027-01-01T22:59:59Z', true],
    ['2027-01-01T23:00:00Z', false],
  ])('at %s holds: %s', (at, holds) => {
    expect(activeFreeze(freezes, new Date(at)) !== null).toBe(holds);
  });
});
