import { describe, expect, it } from 'vitest';
import { termsOfText, writeTerms } from '#shared/domain/knowledge/search/terms.ts';
import { cleanResolutions } from '#shared/domain/learning/clean-resolutions.ts';
import { tagsOf } from '#shared/domain/learning/new-pattern.ts';
import { pastCaseOf, proposePatterns, type ResolvedCase } from '#shared/domain/learning/propose-patterns.ts';
import { caseOfPastIncident, type PastCase, replay } from '#shared/domain/learning/replay.ts';
import { minutesOf, Resolution } from '#shared/domain/learning/resolution.ts';
import { aPastIncident, aResolution } from '#test/builders/index.ts';

const aCase = (line: number, change: Record<string, unknown> = {}): ResolvedCase => ({
  line,
  resolution: aResolution({ timestamp: `2026-10-${String(line).padStart(2, '0')}T10:00:00Z`, ...change }),
  class: 'resource_exhaustion',
  tags: ['database'],
});
const propose = (cases: readonly ResolvedCase[], past: readonly PastCase[] = []) =>
  proposePatterns(cases, [...past, ...cases.map(pastCaseOf)]);
const disk: PastCase = {
  id: 'gh-9',
  class: 'storage_issues',
  lines: ['no space left on device'],
  messages: new Set(),
};

describe('patterns that records show', () => {
  it('[D199] makes one pattern of the records that say the same with other values', () => {
    const cases = [aCase(1), aCase(2, { description: 'remaining connection slots are reserved, 40 of 40 used' })];
    const { proposals } = propose(cases);
    expect(proposals).toHaveLength(1);
    expect(proposals[0]).toMatchObject({
      wording: 'remaining connection slots are reserved, * of * used',
      solution: 'Raise the size of the pool.',
      lines: [1, 2],
      problem: null,
      replay: { matched: 2, precision: { value: 1, cases: 2 }, coverage: { value: 1, cases: 2 } },
    });
  });

  it('counts precision and coverage over the past, and refuses what would have matched another class', () => {
    const pattern = { wording: 'left on device', messages: [], class: 'resource_exhaustion' } as const;
    const seen = replay(pattern, [disk, pastCaseOf(aCase(1))]);
    expect(seen).toMatchObject({ matched: 1, precision: { value: 0 }, others: [{ id: 'gh-9' }] });
    const { proposals } = propose([aCase(3, { pattern: 'left on device' })], [disk]);
    expect(proposals[0]?.problem).toBe(
      'it would have matched 1 of 1 past incidents that were of another class than resource_exhaustion (gh-9: storage_issues)',
    );
  });

  it('takes the line that tells it from others, not the one that every failure has', () => {
    const generic = { ...disk, lines: ['the job failed with an unknown error'] };
    const own = 'the job failed with an unknown error\nremaining connection slots are reserved, 2 of 2 used';
    const { proposals } = propose([aCase(1, { description: own })], [generic]);
    expect(proposals[0]?.wording).toBe('remaining connection slots are reserved, * of * used');
  });

  it('recognises incidents whose log is gone by the messages that were kept of it', () => {
    const line = 'remaining connection slots are reserved, 7 of 7 used';
    const past = aPastIncident({ class: 'flaky_tests', terms: writeTerms(termsOfText(line)) });
    const { proposals } = propose([aCase(1)], [caseOfPastIncident(past)]);
    expect(proposals[0]?.problem).toContain('flaky_tests');
  });

  it('needs a solution that helped, and tells records that contradict each other', () => {
    expect(propose([aCase(1, { success: false })]).proposals[0]?.problem).toContain('no recorded solution helped');
    const { proposals } = propose([aCase(1), aCase(2), aCase(3, { solution: 'Restart it.' })]);
    expect(proposals[0]).toMatchObject({
      solution: 'Raise the size of the pool.',
      conflicts: [expect.stringContaining('lines 1, 3')],
    });
  });

  it('leaves out records that say too little to be recognised by', () => {
    expect(propose([aCase(4, { title: 'Host', description: '' })])).toEqual({ proposals: [], unplaced: [4] });
  });
});

describe('records of how incidents were resolved', () => {
  it('[D167] are brought to one spelling of times, services and tags', () => {
    const read = aResolution({
      timestamp: '2026-10-01 10:00',
      service: 'Payment Service',
      tags: 'Database; Pool',
      resolution_time: '1h 30m',
      success: 'yes',
    });
    expect(read).toMatchObject({
      timestamp: '2026-10-01T10:00:00.000Z',
      service: 'payment-service',
      tags: ['database', 'pool'],
      resolution_time: 5_400,
      success: true,
    });
  });

  it.each([
    ['3600', 60],
    [3600, 60],
    ['90.5', 90.5 / 60],
    ['2h', 120],
    ['30s', 0.5],
    [null, null],
  ])('[D144] a resolution time of %s, in seconds unless it has a unit, took %s minutes', (resolution_time, minutes) => {
    expect(minutesOf(aResolution({ resolution_time }))).toBe(minutes);
  });

  it.each([
    [{ timestamp: 'yesterday' }, 'must be a time'],
    [{ success: 'perhaps' }, 'must be true or false'],
    [{ resolution_time: 'long' }, 'must be a duration'],
    [{ solution: ' ' }, 'is missing'],
    [{ pattern: '*' }, 'too little'],
    [{ colour: 'red' }, '"colour"'],
  ])('are refused with the field that is wrong: %o', (change, message) => {
    const parsed = Resolution.safeParse({
      timestamp: '2026-10-01',
      title: 'A title',
      solution: 'A way out',
      success: true,
      ...change,
    });
    expect(parsed.error?.issues[0]?.message).toContain(message);
  });

  it('[D166] are told when they are there twice, miss a field or contradict each other', () => {
    const numbered = (line: number, change: Record<string, unknown> = {}) => ({
      line,
      resolution: aResolution(change),
    });
    const other = { timestamp: '2026-10-09T10:00:00Z', class: 'memory_leaks' };
    const { kept, findings } = cleanResolutions([
      numbered(2, { class: 'resource_exhaustion', resolution_time: 5 }),
      numbered(3, { class: 'resource_exhaustion', resolution_time: 5 }),
      numbered(4, { success: false }),
      numbered(5, { ...other, service: null, resolution_time: 5 }),
    ]);
    expect(kept.map(({ line }) => line)).toEqual([2, 5]);
    expect(findings.map(({ kind, lines }) => [kind, ...lines])).toEqual([
      ['duplicate', 2, 3],
      ['conflict', 2, 4],
      ['missing', 5],
      ['conflict', 2, 5],
    ]);
  });

  it('are filed under class, family, service, severity and the signature that recognised them', () => {
    const tags = tagsOf(
      'resource_exhaustion',
      { signature: 'postgres-slots' },
      { tags: ['database'], service: 'payments', severity: 'high' },
    );
    expect(tags).toEqual(['database', 'resource_exhaustion', 'infrastructure', 'payments', 'high', 'postgres-slots']);
  });
});
