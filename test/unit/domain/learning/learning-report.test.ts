import { describe, expect, it } from 'vitest';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { learningHealthOf } from '#shared/domain/learning/learning-health.ts';
import {
  type EndedCase,
  endedCaseOf,
  endedCasesOf,
  type LearningInputs,
  learningReportOf,
} from '#shared/domain/learning/learning-report.ts';
import { Learning } from '#shared/domain/learning/learning-settings.ts';
import { selfTest } from '#shared/domain/learning/self-test.ts';
import { aPastIncident, aPattern, aPatternOutcome, aResolution, redactedText } from '#test/builders/index.ts';

const from = new Date('2026-11-01T00:00:00Z');
const to = new Date('2026-11-15T00:00:00Z');
const at = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString();
const POOL = 'remaining connection slots are reserved, 7 of 7 used';
const ended = (id: string, change: Partial<EndedCase> = {}): EndedCase => ({
  id,
  class: 'resource_exhaustion',
  lines: [POOL],
  messages: new Set(),
  endedAt: at(5),
  ended: 'people',
  minutes: null,
  service: null,
  ...change,
});
const learnedOn = (day: number, change: Partial<LearnedPattern> = {}) =>
  aPattern({ provenance: { source: 'human', by: 'x', at: at(day), from: null }, ...change });
const report = (change: Partial<LearningInputs>) =>
  learningReportOf({ patterns: [], incidents: [], notes: [], from, to, ...change });

describe('the learning report', () => {
  it('[D202] [D203] [D204] counts new patterns, their pace, growth and what was taken back', () => {
    const old = aPattern({
      id: 'aaaaaaaaaaaa',
      class: 'memory_leaks',
      provenance: { source: 'human', by: 'x', at: '2026-10-01T00:00:00.000Z', from: null },
    });
    const gone = aPattern({ ...old, id: 'bbbbbbbbbbbb', retired: { at: at(9), reason: redactedText('it failed') } });
    const { patterns } = report({ patterns: [learnedOn(2), learnedOn(3, { id: 'cccccccccccc' }), old, gone] });
    expect(patterns).toMatchObject({ active: 3, atStart: 2, learned: 2, takenBack: 1, perWeek: 1 });
    expect(patterns.topClasses).toEqual([
      { class: 'resource_exhaustion', family: 'infrastructure', patterns: 2 },
      { class: 'memory_leaks', family: 'application', patterns: 1 },
    ]);
    expect(patterns.diversity).toBeCloseTo(0.918, 3);
    const retiredAt = (when: Date, id: string) =>
      aPattern({ ...old, id, retired: { at: when.toISOString(), reason: redactedText('it failed') } });
    const since = aPattern({ ...old, provenance: { ...old.provenance, at: from.toISOString() } });
    const before = retiredAt(new Date(from.getTime() - 1000), 'dddddddddddd');
    const grown = report({ patterns: [since, before, retiredAt(from, 'eeeeeeeeeeee')] });
    expect(grown.patterns).toMatchObject({ active: 1, atStart: 1 });
  });

  const times = (count: number, day: number, kind: EndedCase['ended']) =>
    Array.from({ length: count }, (_, nth) => ended(`${kind}-${day}-${nth}`, { endedAt: at(day), ended: kind }));

  it('[C82] [C83] measures both goals against the same time before, and says that they are reached', () => {
    const before = [...times(40, -5, 'healed'), ...times(60, -5, 'people')];
    const now = [...times(80, 5, 'healed'), ...times(20, 5, 'people')];
    const { goals } = report({ incidents: [...before, ...now, ...times(500, -30, 'healed')] });
    expect(goals.baselineFrom).toBe('2026-10-18T00:00:00.000Z');
    expect(goals.healed).toMatchObject({
      now: { hits: 80, cases: 100 },
      before: { hits: 40, cases: 100 },
      target: 0.4,
    });
    expect(goals.healed.change).toBeCloseTo(1, 9);
    expect(goals.byPeople.change).toBeCloseTo(-2 / 3, 9);
    expect([goals.healed.state, goals.byPeople.state]).toEqual(['reached', 'reached']);
  });

  it.each([
    [
      'missed',
      times(100, -5, 'people').concat(times(100, -5, 'healed')),
      times(100, 5, 'people').concat(times(110, 5, 'healed')),
    ],
    [
      'unclear',
      times(16, -5, 'people').concat(times(6, -5, 'healed')),
      times(13, 5, 'people').concat(times(9, 5, 'healed')),
    ],
    ['unknown', times(3, -5, 'healed'), times(100, 5, 'healed')],
    ['unknown', [], times(100, 5, 'healed')],
    ['unknown', times(100, -5, 'people'), times(100, 5, 'healed')],
  ])('[C82] says %s where the figures show no more', (state, before, now) => {
    expect(report({ incidents: [...before, ...now] }).goals.healed.state).toBe(state);
  });

  it('[C83] does not count a rise of what people resolve as reached', () => {
    const incidents = [...times(90, -5, 'healed'), ...times(10, -5, 'people'), ...times(100, 5, 'people')];
    expect(report({ incidents }).goals.byPeople).toMatchObject({ change: 9, target: -0.6, state: 'missed' });
  });

  it('[D204] tells whose confidence moved in the period, most first', () => {
    const step = (day: number, confidence: number) => ({
      at: at(day),
      confidence,
      stage: 'observe' as const,
      reason: redactedText('x'),
    });
    const rose = aPattern({ history: [...aPattern().history, step(3, 0.6), step(20, 0.9)] });
    const fell = aPattern({
      id: 'aaaaaaaaaaaa',
      history: [{ ...step(1, 0.8), at: '2026-10-01T00:00:00.000Z' }, step(4, 0.3)],
    });
    expect(report({ patterns: [rose, fell] }).movements.map(({ before, after }) => [before, after])).toEqual([
      [0.8, 0.3],
      [0.5, 0.6],
    ]);
  });

  it('[D203] [D204] [D205] counts healed incidents, those of people, coverage, mistakes and time', () => {
    const incidents = [
      ended('gh-1', { ended: 'healed', minutes: 10 }),
      ended('gh-2', { minutes: 50 }),
      ended('gh-3', { class: 'flaky_tests' }),
      ended('gh-4', { lines: ['something else'] }),
      ended('gh-5', { endedAt: at(30), ended: 'healed', minutes: 999 }),
    ];
    const outcomes = [
      aPatternOutcome({ incident: 'gh-1', minutes: 10, at: at(5) }),
      aPatternOutcome({ incident: 'gh-8', minutes: 30, at: at(6), by: 'verified', helped: false }),
    ];
    const figures = report({ patterns: [aPattern({ outcomes })], incidents });
    expect(figures.incidents).toMatchObject({
      ended: 4,
      healed: { hits: 1, cases: 4 },
      byPeople: { hits: 3, cases: 4 },
      covered: { hits: 3, cases: 4 },
      recognisedRight: { hits: 2, cases: 3 },
      falsePositives: { hits: 1, cases: 3 },
      meanMinutes: 30,
      measured: { incidents: 1, meanMinutes: 30 },
      stated: { incidents: 2, meanMinutes: 30 },
    });
    expect(figures.outcomes).toMatchObject({ cases: 2, helped: { hits: 1 }, byPeople: { hits: 1, cases: 2 } });
  });

  it('counts what was measured before what people state, and an incident once, by its newest end', () => {
    const past = (change: Parameters<typeof aPastIncident>[0]) => aPastIncident({ id: 'gh-00000001', ...change });
    const incidents = endedCasesOf([
      past({ endedAt: at(6), reportedBy: 'ada@example.com', workedMinutes: 5 }),
      past({ endedAt: at(4), outcome: 'suggested', helped: null }),
      past({ id: 'gh-00000002', endedAt: at(5), reportedBy: 'ada@example.com', workedMinutes: 60 }),
      past({ id: 'sim-0000001', endedAt: at(5), workedMinutes: 600 }),
    ]);
    const outcomes = [aPatternOutcome({ incident: 'gh-00000002', by: 'verified', minutes: 1, at: at(5) })];
    expect(report({ patterns: [aPattern({ outcomes })], incidents }).incidents).toMatchObject({
      ended: 2,
      byPeople: { hits: 2, cases: 2 },
      meanMinutes: 3,
      measured: { incidents: 1, meanMinutes: 1 },
      stated: { incidents: 1, meanMinutes: 5 },
    });
  });

  it('[D205] counts patterns from other places and those that helped other services', () => {
    const imported = aPattern({
      provenance: { source: 'imported', by: 'x', at: at(2), from: 'y' },
      outcomes: [aPatternOutcome()],
    });
    const { patterns } = report({ patterns: [imported], incidents: [ended('gh-1', { service: 'search' })] });
    expect(patterns).toMatchObject({ imported: 1, acrossServices: 1 });
  });

  it('[D205] names the areas for improvement: what is not covered, what people still solve, what does not help', () => {
    const incidents = [1, 2, 3, 4, 5, 6].map((at_) =>
      ended(`gh-${at_}`, { lines: ['something else'], ended: 'people' }),
    );
    const outcomes = [1, 2, 3, 4, 5].map((one) =>
      aPatternOutcome({ incident: `gh-${one}`, at: at(5), helped: one < 3, by: 'human' }),
    );
    const { improvements } = report({ patterns: [aPattern({ outcomes })], incidents });
    expect(improvements).toEqual([
      'Only 0 of 6 incidents match a pattern: record how the others were solved ("selfheal knowledge learn").',
      'The advice of patterns helped in 2 of 5 cases: correct what it says, or retire them.',
      `People solved 6 of 6 incidents of the class ${incidents[0]?.class}: allow an action for it, or teach a pattern.`,
    ]);
    expect(report({}).improvements).toEqual([]);
  });

  it('says nothing where nothing was counted', () => {
    const { patterns, incidents, outcomes } = report({});
    expect(patterns.diversity).toBeNull();
    expect(incidents).toMatchObject({ healed: null, covered: null, falsePositives: null, meanMinutes: null });
    expect(outcomes).toEqual({ cases: 0, helped: null, byPeople: null });
  });

  it('takes an incident as healed only where an action of Selfheal was verified', () => {
    expect(endedCaseOf(aPastIncident({ outcome: 'resolved', helped: true })).ended).toBe('healed');
    expect(endedCaseOf(aPastIncident({ outcome: 'resolved', helped: null })).ended).toBe('alone');
    expect(endedCaseOf(aPastIncident({ outcome: 'suggested', helped: null })).ended).toBe('people');
  });
});

describe('the health of learning', () => {
  const limits = { minAccuracy: 0.8, minSuccess: 0.7, minCoverage: 0.3, maxMinutes: 120 };
  const rules = Learning.parse({});
  const health = (patterns: LearnedPattern[], incidents: EndedCase[] = []) =>
    learningHealthOf(report({ patterns, incidents }), patterns, { rules, limits });
  const stateOf = (found: ReturnType<typeof health>, name: string) =>
    found.checks.find((check) => check.name === name)?.state;
  const failing = (cases: number, trusted = true) =>
    Array.from({ length: cases }, (_, index) =>
      aPatternOutcome({ incident: `gh-${index}`, helped: index > 2, trusted, at: at(5) }),
    );

  it('[D210] is good where patterns are right, help, cover enough and keep their limits', () => {
    const pattern = learnedOn(2, {
      outcomes: Array.from({ length: 6 }, (_, index) => aPatternOutcome({ incident: `gh-${index}`, at: at(5) })),
    });
    const found = health(
      [pattern],
      Array.from({ length: 6 }, (_, index) => ended(`gh-${index}`, { minutes: 30 })),
    );
    expect(found).toMatchObject({ healthy: true, recommendations: [], weak: [] });
    expect(found.checks.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => 'good'));
  });

  it('[D210] says what is bad and what to do, and nothing of what was seen too seldom', () => {
    const wrong = Array.from({ length: 6 }, (_, index) => ended(`gh-${index}`, { class: 'flaky_tests', minutes: 500 }));
    const found = health([learnedOn(2)], wrong);
    expect(found.healthy).toBe(false);
    expect([stateOf(found, 'accuracy'), stateOf(found, 'resolution time')]).toEqual(['bad', 'bad']);
    expect(found.recommendations).toHaveLength(2);
    expect(stateOf(health([learnedOn(2)], wrong.slice(0, 4)), 'accuracy')).toBe('unknown');
  });

  it('[D174] names the patterns that help too seldom, the incidents where they did not, and what to look at', () => {
    expect(health([aPattern({ outcomes: failing(6) })]).weak).toMatchObject([
      {
        helped: { hits: 3, cases: 6 },
        failedIn: ['gh-0', 'gh-1', 'gh-2'],
        advice: expect.stringContaining('what helped instead'),
      },
    ]);
    expect(health([aPattern({ outcomes: failing(6, false) })]).weak[0]?.advice).toContain('staged');
  });

  it('[D210] finds patterns that contradict each other and records that stand beyond their limits', () => {
    const other = aPattern({
      id: 'aaaaaaaaaaaa',
      class: 'flaky_tests',
      wording: 'connection slots are reserved, * used',
    });
    expect(stateOf(health([aPattern(), other]), 'conflicts')).toBe('bad');
    expect(stateOf(health([aPattern({ stage: 'suggest', confidence: 0.1, written: true })]), 'safety limits')).toBe(
      'good',
    );
    expect(stateOf(health([aPattern({ stage: 'suggest', confidence: 0.1 })]), 'safety limits')).toBe('bad');
    expect(stateOf(health([aPattern({ stage: 'act', confidence: 0.6 })]), 'safety limits')).toBe('bad');
    expect(stateOf(health([aPattern({ stage: 'act', confidence: 0.9, tags: ['critical'] })]), 'safety limits')).toBe(
      'bad',
    );
    const leap = [
      ...aPattern().history,
      { at: at(3), confidence: 0.9, stage: 'observe' as const, reason: redactedText('x') },
    ];
    expect(stateOf(health([aPattern({ history: leap })]), 'safety limits')).toBe('bad');
  });
});

describe('the self-test of learned patterns', () => {
  const simulated = (
    line: number,
    change: Record<string, unknown> = {},
    failureClass: EndedCase['class'] = 'resource_exhaustion',
  ) => ({
    line,
    resolution: aResolution(change),
    class: failureClass,
    tags: [],
  });

  it('[D259] tells identified, healed without a model, mistaken, confidence and time', () => {
    const pattern = aPattern({
      stage: 'act',
      confidence: 0.9,
      outcomes: [aPatternOutcome({ minutes: 12 }), aPatternOutcome({ incident: 'x', helped: false, minutes: 90 })],
    });
    const result = selfTest(
      [simulated(1), simulated(2, {}, 'flaky_tests'), simulated(3, { description: 'nothing like it' }), simulated(4)],
      [
        pattern,
        aPattern({
          id: 'aaaaaaaaaaaa',
          retired: { at: at(2), reason: redactedText('bad') },
          wording: 'nothing like it',
        }),
      ],
    );
    expect(result).toMatchObject({
      incidents: 4,
      identified: { hits: 2, cases: 4 },
      byThemselves: { hits: 2, cases: 4 },
      falsePositives: { hits: 1, cases: 4 },
      meanConfidence: 0.9,
      meanMinutes: 12,
    });
    expect(result.cases[2]).toMatchObject({ line: 3, patternId: null, said: null });
  });
});
