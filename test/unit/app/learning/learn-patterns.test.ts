import { describe, expect, it } from 'vitest';
import { type LearnOrder, learnPatterns } from '#shared/app/learning/learn-patterns.ts';
import { Learning } from '#shared/domain/learning/learning-settings.ts';
import type { ResolvedCase } from '#shared/domain/learning/propose-patterns.ts';
import { aPattern, aResolution, redactedText } from '#test/builders/index.ts';
import { makeMemoryPatternStore } from '#test/fakes/index.ts';

const SCOPE = 'repository#501';
const aCase = (line: number, change: Record<string, unknown> = {}): ResolvedCase => ({
  line,
  resolution: aResolution({ incident: `gh-${line}`, ...change }),
  class: 'resource_exhaustion',
  tags: ['database'],
});
const order = (cases: readonly ResolvedCase[], change: Partial<LearnOrder> = {}): LearnOrder => ({
  scope: SCOPE,
  by: 'the team',
  at: new Date('2026-11-21T12:00:00Z'),
  cases,
  past: [],
  dryRun: false,
  source: 'human',
  ...change,
});
const rig = (rules: Partial<Learning> = {}, known = makeMemoryPatternStore()) => {
  const deps = { patterns: known, rules: Learning.parse(rules) };
  return { patterns: known, learn: (one: LearnOrder) => learnPatterns(one, deps) };
};

describe('learning from how incidents were resolved', () => {
  it('[D199] puts a new pattern in to be observed only, with provenance, tags and a note', async () => {
    const { patterns, learn } = rig();
    const { results } = await learn(order([aCase(1), aCase(2)]));
    expect(results).toMatchObject([{ kind: 'learned', stage: 'observe', confidence: 0.5, lines: [1, 2] }]);
    expect(await patterns.list(SCOPE)).toMatchObject([
      {
        stage: 'observe',
        tags: ['database'],
        provenance: { source: 'human', by: 'the team', at: '2026-11-21T12:00:00.000Z' },
        outcomes: [{ incident: 'gh-1' }, { incident: 'gh-2' }],
      },
    ]);
    expect(await patterns.notes(SCOPE, 9)).toMatchObject([{ event: 'pattern.learned', by: 'the team' }]);
  });

  it('counts what a known pattern recognises as its outcome, each incident once', async () => {
    const { patterns, learn } = rig();
    await learn(order([aCase(1)]));
    const further = order([aCase(1), aCase(2), aCase(3, { success: false })], { at: new Date('2026-11-22T12:00:00Z') });
    expect((await learn(further)).results).toMatchObject([{ kind: 'adjusted', lines: [1, 2, 3] }]);
    expect((await learn(further)).results).toMatchObject([{ kind: 'unchanged' }]);
    const [pattern] = await patterns.list(SCOPE);
    expect(pattern?.outcomes.map(({ incident, helped }) => [incident, helped])).toEqual([
      ['gh-1', true],
      ['gh-2', true],
      ['gh-3', false],
    ]);
  });

  it('does not count what helped when it is something else than the pattern says', async () => {
    const { patterns, learn } = rig();
    await learn(order([aCase(1)]));
    const { results } = await learn(order([aCase(2, { solution: 'Restart it.' })]));
    expect(results).toMatchObject([{ kind: 'unchanged', conflicts: [expect.stringContaining('line 2')] }]);
    expect((await patterns.list(SCOPE))[0]?.outcomes).toHaveLength(1);
  });

  it('[D208] learns no more new patterns in a day than are allowed, and says so', async () => {
    const { patterns, learn } = rig({ maxNewPatternsPerDay: 1 });
    const other = aCase(2, { title: 'Mailer stuck', description: 'the queue of the mailer is full, 9 of 9 taken' });
    const { results } = await learn(order([aCase(1), other]));
    expect(results.map(({ kind }) => kind)).toEqual(['learned', 'refused']);
    expect(results[1]?.reason).toContain('the limit of 1 new patterns a day is used up');
    expect(await patterns.list(SCOPE)).toHaveLength(1);
    const tomorrow = await learn(order([other], { at: new Date('2026-11-22T00:00:00Z') }));
    expect(tomorrow.results).toMatchObject([{ kind: 'learned' }]);
  });

  it('[D208] refuses what failed too often before, and what was taken back', async () => {
    const { patterns, learn } = rig();
    const bad = [1, 2, 3, 4, 5].map((line) => aCase(line, { success: line > 2 }));
    expect((await learn(order(bad))).results).toMatchObject([
      { kind: 'refused', reason: 'it failed in 2 of 5 cases, more than 30 %' },
    ]);
    await learn(order([aCase(6)]));
    const failing = [7, 8, 9, 10].map((line) => aCase(line, { success: false }));
    const back = await learn(order(failing));
    expect(back.results).toMatchObject([{ kind: 'adjusted', reason: expect.stringContaining('It failed in 4 of 5') }]);
    expect((await patterns.notes(SCOPE, 9)).map(({ event }) => event)).toContain('pattern.retired');
    expect((await learn(order([aCase(11)]))).results).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('it was retired on 2026-11-21') },
    ]);
  });

  it('learns by itself only the classes that the configuration names, and whatever a person teaches', async () => {
    const { learn } = rig({ classes: ['flaky_tests'] });
    expect((await learn(order([aCase(1)], { source: 'verified' }))).results).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('learning.classes') },
    ]);
    expect((await learn(order([aCase(1)]))).results).toMatchObject([{ kind: 'learned' }]);
  });

  it('learns again what was removed, from a person only, and then counts from the beginning', async () => {
    const { patterns, learn } = rig();
    await learn(order([aCase(1)]));
    const [known] = await patterns.list(SCOPE);
    if (known === undefined) throw new Error('nothing was learned');
    const removed = { at: '2026-11-21T12:00:00.000Z', reason: redactedText('the knowledge base was reset') };
    await patterns.write({ ...known, revision: 2, retired: removed });
    expect((await learn(order([aCase(2)], { source: 'verified' }))).results).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('the knowledge base was reset') },
    ]);
    expect((await learn(order([aCase(2)]))).results).toMatchObject([{ kind: 'learned' }]);
    expect(await patterns.list(SCOPE)).toMatchObject([{ id: known.id, revision: 3, retired: null, stage: 'observe' }]);
    expect((await patterns.list(SCOPE))[0]?.outcomes).toHaveLength(1);
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const { patterns, learn } = rig();
    expect((await learn(order([aCase(1)], { dryRun: true }))).results).toMatchObject([{ kind: 'learned' }]);
    expect(await patterns.list(SCOPE)).toEqual([]);
    expect(await patterns.notes(SCOPE, 9)).toEqual([]);
    const none = await rig({ maxNewPatternsPerDay: 0 }).learn(order([aCase(1)], { dryRun: true }));
    expect(none.results).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('the limit of 0 new patterns') },
    ]);
  });

  it('keeps both changes when two learn at once', async () => {
    const known = makeMemoryPatternStore();
    const first = rig({}, known);
    await first.learn(order([aCase(1)]));
    await Promise.all([first.learn(order([aCase(2)])), rig({}, known).learn(order([aCase(3)]))]);
    const incidents = (await known.list(SCOPE))[0]?.outcomes.map(({ incident }) => incident);
    expect(incidents?.sort()).toEqual(['gh-1', 'gh-2', 'gh-3']);
  });

  it('gives up when a pattern changes faster than it can be written', async () => {
    const known = makeMemoryPatternStore([aPattern()]);
    const deps = { patterns: { ...known, write: async () => 'changed-meanwhile' as const }, rules: Learning.parse({}) };
    const recognised = order([aCase(1, { pattern: null })]);
    await expect(learnPatterns(recognised, deps)).rejects.toThrow('others kept changing it');
  });
});
