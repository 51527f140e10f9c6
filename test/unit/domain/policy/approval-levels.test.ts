import { describe, expect, it } from 'vitest';
import { dueNotice, entitledGroups, noticesOf } from '#shared/domain/policy/approval-levels.ts';
import { Approvals, approvalMinutesOf } from '#shared/domain/policy/approval-settings.ts';
import { aConfiguration } from '#test/builders/index.ts';

const asked = { requestedAt: '2026-11-21T12:00:00.000Z', expiresAt: '2026-11-21T14:00:00.000Z' };
const at = (time: string): Date => new Date(`2026-11-21T${time}:00.000Z`);
const approvals = Approvals.parse({
  levels: [
    { minutes: 30, groups: ['on-call'] },
    { minutes: 60, groups: ['leads'], subject: 'Leads: approval needed' },
    { minutes: 30 },
  ],
});
const none = Approvals.parse({});

describe('the levels of an approval', () => {
  it('are noticesSent one after the other, with a reminder at half of the whole time', () => {
    const times = noticesOf(asked, approvals).map((notice) => [
      new Date(notice.at).toISOString().slice(11, 16),
      notice.kind,
    ]);
    expect(times).toEqual([
      ['12:30', 'escalation'],
      ['13:00', 'reminder'],
      ['13:30', 'escalation'],
    ]);
    expect(noticesOf(asked, none)).toEqual([{ kind: 'reminder', at: at('13:00').getTime() }]);
  });

  it.each([
    ['12:29', 0, null],
    ['12:30', 0, { kind: 'escalation', level: 1, noticesSent: 1 }],
    ['12:59', 1, null],
    ['13:00', 1, { kind: 'reminder', noticesSent: 2 }],
    ['13:59', 2, { kind: 'escalation', level: 2, noticesSent: 3 }],
    // Whoever was away for long sends one mail, to the highest level that is due.
    ['13:10', 0, { kind: 'escalation', level: 1, noticesSent: 2 }],
    ['13:59', 0, { kind: 'escalation', level: 2, noticesSent: 3 }],
    ['13:59', 3, null],
  ] as const)('at %s, after %i messages, have due: %j', (time, noticesSent, expected) => {
    const due = dueNotice(asked, approvals, { noticesSent, now: at(time) });
    expect(
      due && {
        kind: due.notice.kind,
        noticesSent: due.noticesSent,
        ...('level' in due.notice ? { level: due.notice.level } : {}),
      },
    ).toEqual(expected);
  });

  it('entitle their groups from their turn on, and everybody once a level without groups is reached', () => {
    expect(entitledGroups(asked, approvals, at('12:29'))).toEqual(['on-call']);
    expect(entitledGroups(asked, approvals, at('12:30'))).toEqual(['on-call', 'leads']);
    expect(entitledGroups(asked, approvals, at('13:30'))).toBeNull();
    expect(entitledGroups(asked, none, at('12:00'))).toBeNull();
  });

  it('entitle nobody more when the clock steps back a day', () => {
    const yesterday = new Date(at('12:00').getTime() - 24 * 3600_000);
    expect(entitledGroups(asked, approvals, yesterday)).toEqual(['on-call']);
    expect(dueNotice(asked, approvals, { noticesSent: 0, now: yesterday })).toBeNull();
  });

  it('wait together as long as the workflow does', () => {
    expect(approvalMinutesOf(aConfiguration({ approvals: { levels: approvals.levels } }))).toBe(120);
    expect(approvalMinutesOf(aConfiguration({ policy: { approvalMinutes: 77 } }))).toBe(77);
    const tooLong = Approvals.safeParse({ levels: [{ minutes: 1000 }, { minutes: 441 }] });
    expect(tooLong.error?.issues[0]?.message).toContain('must not exceed a day');
  });
});
