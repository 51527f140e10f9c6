import type { QuarantineStatus } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import {
  type AskedDecision,
  decided,
  quarantineEnd,
  quarantineState,
  type TestQuarantine,
  withDecisions,
} from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import { describe, expect, it } from 'vitest';
import { aTestQuarantine } from '#test/builders/index.ts';

const day = (date: string): Date => new Date(`${date}T12:00:00.000Z`);
const NOW = day('2026-11-30');
const by = { by: 'ada@example.com', now: NOW };
const released: AskedDecision = { kind: 'released', reason: 'mended' };
const extended = (until: string): AskedDecision => ({ kind: 'extended', reason: 'not mended yet', until });

function decidedAs(...asked: readonly AskedDecision[]): TestQuarantine {
  return asked.reduce((known, one) => {
    const next = decided(known, one, by);
    if ('refused' in next) throw new Error(next.refused);
    return next;
  }, aTestQuarantine());
}

describe('a quarantine', () => {
  it('holds through its last day, and is over on the next', () => {
    expect(quarantineState(aTestQuarantine(), day('2026-12-05'))).toBe('quarantined');
    expect(quarantineState(aTestQuarantine(), day('2026-12-06'))).toBe('expired');
  });

  it('ends when a person releases it, whatever its last day was', () => {
    const quarantine = decidedAs(released);
    expect(quarantine).toMatchObject({
      revision: 2,
      decisions: [{ kind: 'released', by: 'ada@example.com', reason: 'mended', until: '2026-11-30' }],
    });
    expect(quarantineState(quarantine, NOW)).toBe('released');
    expect(quarantineState(quarantine, day('2027-01-01'))).toBe('released');
  });

  it('lasts until the day of the newest extension, also one that was over', () => {
    const quarantine = decidedAs(extended('2026-12-10'), extended('2026-12-20'));
    expect([quarantineEnd(quarantine), quarantineState(quarantine, day('2026-12-20'))]).toEqual([
      '2026-12-20',
      'quarantined',
    ]);
    const late = decided(aTestQuarantine(), extended('2026-12-20'), { ...by, now: day('2026-12-10') });
    expect(late).toMatchObject({ decisions: [{ until: '2026-12-20' }] });
  });

  it.each<[string, TestQuarantine, AskedDecision, Date, string]>([
    ['shortened', aTestQuarantine(), extended('2026-12-01'), NOW, 'does not extend it: it ends on 2026-12-05'],
    ['extended to its own end', aTestQuarantine(), extended('2026-12-05'), NOW, 'does not extend it'],
    ['extended into the past', aTestQuarantine(), extended('2026-12-06'), day('2026-12-10'), 'does not extend it'],
    ['extended for ever', aTestQuarantine(), extended('2027-03-01'), NOW, 'more than 90 days from today'],
    ['released twice', decidedAs(released), released, NOW, 'it was released before'],
    ['extended after its release', decidedAs(released), extended('2026-12-20'), NOW, 'it was released before'],
    ['released after its end', aTestQuarantine(), released, day('2026-12-10'), 'it ended on 2026-12-05'],
  ])('is not %s', (_, quarantine, asked, now, reason) => {
    expect(decided(quarantine, asked, { ...by, now })).toEqual({ refused: expect.stringContaining(reason) });
  });
});

describe('the status of an issue', () => {
  const quarantined: QuarantineStatus = { kind: 'quarantined', issue: 7, until: '2026-12-05' };
  const expired: QuarantineStatus = { kind: 'expired', issue: 7, until: '2026-12-05', announced: false };

  it.each<[string, QuarantineStatus, TestQuarantine | undefined, Date, QuarantineStatus]>([
    ['stays without decisions', quarantined, aTestQuarantine(), NOW, quarantined],
    ['stays without a record', expired, undefined, day('2026-12-07'), expired],
    [
      'is settled after a release',
      quarantined,
      decidedAs(released),
      NOW,
      { kind: 'settled', issue: 7, until: '2026-11-30' },
    ],
    [
      'is in quarantine while an extension lasts',
      expired,
      decidedAs(extended('2026-12-10')),
      day('2026-12-07'),
      { kind: 'quarantined', issue: 7, until: '2026-12-10' },
    ],
    [
      'expires after the extension',
      { ...expired, announced: true },
      decidedAs(extended('2026-12-10')),
      day('2026-12-11'),
      { kind: 'expired', issue: 7, until: '2026-12-10', announced: true },
    ],
    [
      'says nothing about another issue',
      { ...quarantined, issue: 8 },
      decidedAs(released),
      NOW,
      { ...quarantined, issue: 8 },
    ],
    [
      'stays settled when somebody closed the issue',
      { kind: 'settled', issue: 7, until: '2026-12-05' },
      decidedAs(extended('2026-12-20')),
      NOW,
      { kind: 'settled', issue: 7, until: '2026-12-05' },
    ],
  ])('%s', (_, status, quarantine, now, expected) => {
    expect(withDecisions(status, quarantine, now)).toEqual(expected);
  });
});
