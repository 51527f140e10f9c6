import {
  alwaysFails,
  decideInHistory,
  isQuarantined,
  quarantineFlaky,
  releaseBroken,
} from '@selfheal/pull-request-quality/domain/flaky-tests/history-quarantine.ts';
import {
  EMPTY_HISTORY,
  reportedTestKey,
  type TestHistory,
  withRecordedRun,
} from '@selfheal/pull-request-quality/domain/flaky-tests/test-history.ts';
import { describe, expect, it } from 'vitest';
import { aRecordedRun, aReportedTest } from '#test/builders/index.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const KEY = reportedTestKey(aReportedTest());
const OWNER = { kind: 'code-owners' as const, names: ['@acme/basket'] };
const RULES = { now: NOW, days: 14, minRate: 0.01, maxTests: 20, ownerOf: () => OWNER };

function recorded(history: TestHistory, letters: string, at = '2026-11-20T12:00:00.000Z'): TestHistory {
  const first = (history.runs.at(-1)?.id ?? 0) + 1;
  return [...letters].reduce(
    (known, letter, index) =>
      withRecordedRun(known, aRecordedRun({ id: first + index, commit: `c${first + index}`, at }), [
        aReportedTest({ outcome: letter === 'f' ? 'failed' : 'passed' }),
      ]),
    history,
  );
}
const FLAKY = recorded(EMPTY_HISTORY, 'pfppppfpppfpp');
const HELD = quarantineFlaky(FLAKY, RULES).history;

describe('the quarantine in a history', () => {
  it('[B3] takes flaky tests in, with owner and last day, and no more than allowed', () => {
    expect(quarantineFlaky(FLAKY, RULES).entered).toEqual([KEY]);
    expect(HELD.tests[KEY]?.quarantine).toMatchObject({ until: '2026-12-05', owner: OWNER, released: null });
    expect(quarantineFlaky(HELD, RULES).entered).toEqual([]);
    expect(quarantineFlaky(FLAKY, { ...RULES, maxTests: 0 }).entered).toEqual([]);
    expect(quarantineFlaky(recorded(EMPTY_HISTORY, 'ppppffffpppp'), RULES).entered).toEqual([]);
  });

  it('releases a quarantined test that always fails: it is broken', () => {
    expect(releaseBroken(recorded(HELD, 'ffff'), NOW).released).toEqual([]);
    const { history, released } = releaseBroken(recorded(HELD, 'fffff'), NOW);
    expect(released).toEqual([KEY]);
    expect(isQuarantined(history.tests[KEY], NOW)).toBe(false);
    expect(history.tests[KEY]?.quarantine?.released).toMatchObject({ by: 'selfheal' });
    expect(quarantineFlaky(history, RULES).entered).toEqual([]);
  });

  it('does not take five attempts on one commit for five changes', () => {
    expect(alwaysFails(Array(9).fill({ passed: false, commit: 'a' }))).toBe(false);
    expect(alwaysFails([...Array(4).fill({ passed: false, commit: 'a' }), { passed: false, commit: 'b' }])).toBe(true);
    expect(alwaysFails([{ passed: true, commit: 'c' }, ...Array(9).fill({ passed: false, commit: 'a' })])).toBe(false);
  });

  it('ends after its last day; the test enters again only when it failed since', () => {
    const later = new Date('2026-12-06T00:00:00.000Z');
    expect(isQuarantined(HELD.tests[KEY], later)).toBe(false);
    expect(quarantineFlaky(recorded(HELD, 'ppp', later.toISOString()), { ...RULES, now: later }).entered).toEqual([]);
    const failedAgain = recorded(HELD, 'pppfp', later.toISOString());
    expect(quarantineFlaky(failedAgain, { ...RULES, now: later }).entered).toEqual([KEY]);
  });

  it('is extended and released by people, within limits', () => {
    const extended = decideInHistory(HELD, KEY, { kind: 'extended', until: '2026-12-20' }, NOW) as TestHistory;
    expect(extended.tests[KEY]?.quarantine?.until).toBe('2026-12-20');
    const released = decideInHistory(
      extended,
      KEY,
      { kind: 'released', by: 'ann', reason: 'mended' },
      NOW,
    ) as TestHistory;
    expect(isQuarantined(released.tests[KEY], NOW)).toBe(false);
    const refusals = [
      decideInHistory(HELD, KEY, { kind: 'extended', until: '2026-12-01' }, NOW),
      decideInHistory(HELD, KEY, { kind: 'extended', until: '2027-12-01' }, NOW),
      decideInHistory(released, KEY, { kind: 'released', by: 'ann', reason: 'again' }, NOW),
      decideInHistory(EMPTY_HISTORY, KEY, { kind: 'released', by: 'ann', reason: 'what' }, NOW),
    ];
    expect(refusals.map((one) => 'refused' in one && one.refused)).toEqual([
      '2026-12-01 does not extend it: it ends on 2026-12-05',
      '2027-12-01 is more than 90 days from today',
      'it was released before',
      `the test ${KEY} is not in quarantine`,
    ]);
  });
});
