import { describe, expect, it } from 'vitest';
import { judgeChangeWindow, outsideChangeWindows } from '#shared/domain/policy/change-window.ts';
import type { ChangeWindow } from '#shared/domain/policy/circumstances/circumstance-rules.ts';
import { aConfiguration, aService } from '#test/builders/index.ts';

type Window = Partial<ChangeWindow> & Pick<ChangeWindow, 'from' | 'to'>;
const policyOf = (changeWindows: Window[], outsideChangeWindows: 'approve' | 'escalate' = 'approve') =>
  aConfiguration({ policy: { circumstances: { timeZone: 'Europe/Berlin', changeWindows, outsideChangeWindows } } })
    .policy;
const isOpen = (window: Window, at: string): boolean =>
  outsideChangeWindows({ service: aService(), policy: policyOf([window]), now: new Date(at) }) === null;

describe('a change window', () => {
  it.each([
    // Berlin is an hour ahead of UTC in winter, two in summer.
    [{ from: '10:00', to: '16:00' }, '2026-11-20T09:00:00Z', true],
    [{ from: '10:00', to: '16:00' }, '2026-11-20T08:59:59.999Z', false],
    [{ from: '10:00', to: '16:00' }, '2026-11-20T14:59:59.999Z', true],
    [{ from: '10:00', to: '16:00' }, '2026-11-20T15:00:00Z', false],
    [{ from: '10:00', to: '16:00' }, '2026-07-20T08:00:00Z', true],
    // Days are those of the owners, too.
    [{ days: ['sat' as const], from: '00:00', to: '24:00' }, '2026-11-20T23:00:00Z', true],
    [{ days: ['sat' as const], from: '00:00', to: '24:00' }, '2026-11-20T22:59:59Z', false],
    [{ days: ['sat' as const], from: '00:00', to: '24:00' }, '2026-11-21T23:00:00Z', false],
    // Past midnight it belongs to the evening before: Friday to Saturday, and no Friday morning.
    [{ days: ['fri' as const], from: '22:00', to: '04:00' }, '2026-11-20T21:00:00Z', true],
    [{ days: ['fri' as const], from: '22:00', to: '04:00' }, '2026-11-21T02:59:59Z', true],
    [{ days: ['fri' as const], from: '22:00', to: '04:00' }, '2026-11-21T03:00:00Z', false],
    [{ days: ['fri' as const], from: '22:00', to: '04:00' }, '2026-11-20T02:00:00Z', false],
    // The night in which clocks go back has the hour twice, the one in which they go forward has none.
    [{ days: ['sun' as const], from: '02:00', to: '03:00' }, '2026-10-25T00:30:00Z', true],
    [{ days: ['sun' as const], from: '02:00', to: '03:00' }, '2026-10-25T01:30:00Z', true],
    [{ days: ['sun' as const], from: '02:00', to: '03:00' }, '2026-10-25T02:00:00Z', false],
    [{ days: ['sun' as const], from: '02:00', to: '03:00' }, '2026-03-29T00:59:59Z', false],
    [{ days: ['sun' as const], from: '02:00', to: '03:00' }, '2026-03-29T01:00:00Z', false],
    [{ days: ['sat' as const], from: '23:00', to: '04:00' }, '2026-03-29T01:59:59Z', true],
    [{ days: ['sat' as const], from: '23:00', to: '04:00' }, '2026-03-29T02:00:00Z', false],
  ])('%j is by the clocks of its owners: at %s %s', (window, at, open) => {
    expect(isOpen(window, at)).toBe(open);
  });

  it('closes and opens with a clock that steps by a day', () => {
    const onSaturdays: Window = { days: ['sat'], from: '09:00', to: '17:00' };
    const days = ['2026-11-21', '2026-11-22', '2026-11-21', '2026-11-20'];
    expect(days.map((day) => isOpen(onSaturdays, `${day}T12:00:00Z`))).toEqual([true, false, true, false]);
  });

  it('fails closed: without a time nothing is allowed', () => {
    const moment = {
      service: aService(),
      policy: policyOf([{ from: '10:00', to: '16:00' }]),
      now: new Date(Number.NaN),
    };
    expect(() => outsideChangeWindows(moment)).toThrow(RangeError);
    expect(() => judgeChangeWindow({}, moment)).toThrow(RangeError);
  });

  it('is told in words, at most three of them', () => {
    const windows = ['01', '02', '03', '04'].map(
      (hour): Window => ({ days: ['mon', 'tue'], from: `${hour}:00`, to: '05:00' }),
    );
    const now = new Date('2026-11-21T12:00:00Z');
    expect(outsideChangeWindows({ service: aService(), policy: policyOf(windows), now })).toBe(
      'It is outside the change windows of checkout (mon, tue 01:00 to 05:00; mon, tue 02:00 to 05:00; ' +
        'mon, tue 03:00 to 05:00; and 1 more; Europe/Berlin).',
    );
  });
});

describe('right before an effect', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const policy = policyOf([{ days: ['mon'], from: '10:00', to: '16:00' }]);
  const asked = (outsideChangeWindow: boolean) => ({ needsApproval: { reasons: [], outsideChangeWindow } });

  it.each([
    ['a plan that nobody was asked about', {}, false],
    ['a plan that was asked about for something else', asked(false), false],
    ['a plan that was asked about for being outside', asked(true), true],
  ])('beside its windows a service lets pass: %s: %s', (_what, plan, passes) => {
    expect(judgeChangeWindow(plan, { service: aService(), policy, now }).length === 0).toBe(passes);
  });

  it('nothing passes where nobody may approve being outside', () => {
    const never = policyOf([{ days: ['mon'], from: '10:00', to: '16:00' }], 'escalate');
    expect(judgeChangeWindow(asked(true), { service: aService(), policy: never, now })).toHaveLength(1);
  });

  it('windows say nothing about runs, nor about a service that has none', () => {
    expect(judgeChangeWindow({}, { service: null, policy, now })).toEqual([]);
    expect(judgeChangeWindow({}, { service: aService(), policy: policyOf([]), now })).toEqual([]);
  });
});
