import { describe, expect, it } from 'vitest';
import { activeFreeze } from '#shared/domain/policy/guard-rules.ts';
import { recoveryOf } from '#shared/domain/policy/recovery.ts';
import { aGithubTarget, anAlarmTarget, aTelemetry, someAlarmFacts, someRunFacts } from '#test/builders/index.ts';

const alarm = (change = {}) => aTelemetry({ facts: someAlarmFacts(change) });
const run = (change = {}) => aTelemetry({ facts: someRunFacts(change) });

describe('recovery', () => {
  const undone = { state: 'undone', actionId: 'rollback-lambda-alias' } as const;

  it('is an alarm that is OK again', () => {
    const of = (state: string) => recoveryOf(anAlarmTarget(), alarm({ state }), []);
    expect(of('OK')).toMatchObject({ kind: 'recovered', how: expect.stringContaining('OK again') });
    expect(of('ALARM')).toEqual({ kind: 'none' });
    expect(of('INSUFFICIENT_DATA')).toEqual({ kind: 'none' });
  });

  it('is doubtful when what may have brought it was undone since', () => {
    const why = expect.stringMatching(/rollback-lambda-alias, which was undone/);
    expect(recoveryOf(anAlarmTarget(), alarm({ state: 'OK' }), [undone])).toEqual({ kind: 'doubtful', why });
    expect(recoveryOf(anAlarmTarget(), alarm({ state: 'ALARM' }), [undone])).toEqual({ kind: 'none' });
    const refused = { ...undone, state: 'refused' } as const;
    expect(recoveryOf(anAlarmTarget(), alarm({ state: 'OK' }), [refused])).toMatchObject({ kind: 'recovered' });
  });

  it('is a later attempt that passed', () => {
    const of = (change: object) => recoveryOf(aGithubTarget(), run(change), []);
    expect(of({ attempt: 2, conclusion: 'success' })).toMatchObject({ how: expect.stringContaining('Attempt 2') });
    expect(of({ attempt: 2, conclusion: 'failure' })).toEqual({ kind: 'none' });
    expect(of({ attempt: 2, status: 'in_progress', conclusion: null })).toEqual({ kind: 'none' });
    expect(of({ attempt: 1, conclusion: 'success' })).toEqual({ kind: 'none' });
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
