import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { aPattern, aPatternOutcome, redactedText } from '#test/builders/index.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';

const EPOCH = '1970-01-01T00:00:00.000Z';
const BEFORE = '1969-12-01T00:00:00.000Z';
/** A pattern of the command line's clock, which stands at the epoch. */
const local = (change: Partial<LearnedPattern> = {}) =>
  aPattern({
    scope: 'local',
    provenance: { source: 'human', by: 'the team', at: BEFORE, from: null },
    history: [{ at: BEFORE, confidence: 0.5, stage: 'observe', reason: redactedText('learned') }],
    ...change,
  });
const file = (...patterns: LearnedPattern[]) =>
  aFile(JSON.stringify({ version: 1, patterns, notes: [], days: {} }), 'patterns.json');
const run = (name: string, patterns: string, ...more: string[]) =>
  runCommand(['knowledge', ...name.split(' '), '--patterns', patterns, ...more]);
const kept = (path: string): { patterns: LearnedPattern[]; notes: { event: string; by: string }[] } =>
  JSON.parse(readFileSync(path, 'utf8'));
const outcomes = (cases: number, change = {}) =>
  Array.from({ length: cases }, (_, at) =>
    aPatternOutcome({ incident: `gh-${at}`, at: '1969-12-20T00:00:00.000Z', ...change }),
  );

describe('selfheal knowledge export and import', () => {
  it('[D160] [D206] [D213] carries patterns to another team, a little less sure, with a note on either side', async () => {
    const here = file(local({ confidence: 0.9, stage: 'act', outcomes: outcomes(3) }));
    const exported = await run('export', here);
    expect(kept(here).notes).toMatchObject([{ event: 'patterns.exported' }]);
    const there = join(aFolder(), 'other.json');
    const path = aFile(exported.stdout, 'export.json');
    expect((await run('import', there, path, '--dry-run')).stdout.toString()).toMatch(/^imported/);
    const { code, stdout } = await run('import', there, path, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString())).toMatchObject({ kind: 'imported', confidence: expect.closeTo(0.8) });
    expect(kept(there)).toMatchObject({
      patterns: [{ stage: 'observe', provenance: { source: 'imported', from: 'local' } }],
      notes: [{ event: 'pattern.imported' }],
    });
    expect((await run('import', there, path)).stdout.toString()).toMatch(
      /^known .*\n +the pattern is already known here, and its own outcomes count\n$/,
    );
  });

  it('redacts what another team worded', async () => {
    const token = ['ghp', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3XcV'].join('_');
    const exported = (await run('export', file(local()))).stdout.toString();
    const worded = exported.replace(/("solution": ")/, `$1Use ${token}. `).replace(/("title": ")/, `$1With ${token}: `);
    expect(worded.split(token)).toHaveLength(3);
    const there = join(aFolder(), 'other.json');
    expect((await run('import', there, aFile(worded, 'export.json'))).code).toBe(0);
    expect(kept(there).patterns).toHaveLength(1);
    expect(readFileSync(there, 'utf8')).not.toContain(token.slice(0, 12));
  });

  it('[D160] takes the classes and the adjustment that are asked for', async () => {
    const here = file(
      local(),
      local({ id: 'aaaaaaaaaaaa', wording: 'heap out of memory in the worker', class: 'memory_leaks' }),
    );
    const path = aFile((await run('export', here)).stdout, 'export.json');
    const there = join(aFolder(), 'other.json');
    await run('import', there, path, '--class', 'memory_leaks', '--reduce-by', '0.3');
    expect(kept(there).patterns).toMatchObject([{ class: 'memory_leaks', confidence: expect.closeTo(0.2) }]);
  });

  it('[D208] takes in no more patterns in a day than are allowed', async () => {
    const many = Array.from({ length: 12 }, (_, at) =>
      local({
        id: String(at).padStart(12, '0'),
        wording: `the queue ${'abcdefghijkl'[at]}${'abcdefghijkl'[at]} is full again`,
      }),
    );
    const path = aFile((await run('export', file(...many))).stdout, 'export.json');
    const there = join(aFolder(), 'other.json');
    const { code, stdout } = await run('import', there, path);
    expect(code).toBe(1);
    expect(stdout.toString().match(/^refused/gm)).toHaveLength(2);
    expect(kept(there).patterns).toHaveLength(10);
  });

  it.each([
    ['{"kind":"selfheal-patterns","version":2}', 'not a valid file of exported patterns (version:'],
    [
      '{"kind":"selfheal-patterns","version":1,"from":"x","exportedAt":"2026-11-21T00:00:00Z","patterns":[{"wording":"*"}]}',
      'patterns.0.wording: it says too little',
    ],
    ['nonsense', 'not JSON'],
  ])('refuses a file that is none and says why: %s', async (content, message) => {
    const { code, stderr } = await run('import', join(aFolder(), 'p.json'), aFile(content, 'export.json'));
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('selfheal knowledge rollback', () => {
  const late = () =>
    local({
      provenance: { source: 'imported', by: 'x', at: EPOCH, from: 'y' },
      history: [{ at: EPOCH, confidence: 0.8, stage: 'observe', reason: redactedText('imported') }],
    });

  it('[D173] [D209] says in a dry run what it would do, and then does it with the reason noted', async () => {
    const path = file(late());
    const args = ['--to', '1969-12-31', '--reason', 'a bad import'];
    const planned = (await run('rollback', path, ...args, '--dry-run')).stdout.toString();
    expect(planned).toMatch(/^would .* observe 0\.50 -> retired: /);
    expect(kept(path).patterns[0]?.retired).toBeNull();
    expect((await run('rollback', path, ...args)).code).toBe(0);
    expect(kept(path)).toMatchObject({
      patterns: [{ revision: 2, retired: { reason: redactedText('rolled back to 1969-12-31: a bad import') } }],
      notes: [{ event: 'pattern.rolled-back', by: 'command line' }],
    });
    expect((await run('rollback', path, ...args)).stderr).toContain('nothing to change');
  });

  it('asks for a date that has been, and a reason', async () => {
    const path = file(late());
    expect((await run('rollback', path, '--reason', 'x')).stderr).toContain('needs --to DATE');
    expect((await run('rollback', path, '--to', 'soon', '--reason', 'x')).stderr).toContain(
      '--to soon: expected a date such as',
    );
    expect((await run('rollback', path, '--to', '2030-01-01', '--reason', 'x')).stderr).toContain('in the future');
    expect((await run('rollback', path, '--to', '1969-12-31')).stderr).toContain('needs --reason');
  });
});

describe('selfheal knowledge optimize and adjust', () => {
  it('[D171] merges and takes back, each with its reason, and nothing in a dry run', async () => {
    const general = local({ id: 'aaaaaaaaaaaa', wording: 'connection slots are reserved, * used' });
    const path = file(local(), general);
    const { stdout } = await run('optimize', path, '--dry-run', '--json');
    const would = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(would).toMatchObject([{ event: 'pattern.merged', done: 'dry-run' }, { event: 'pattern.absorbed' }]);
    expect(kept(path).patterns.every(({ retired }) => retired === null)).toBe(true);
    await run('optimize', path);
    expect(kept(path).patterns.map(({ id, retired }) => [id, retired !== null])).toEqual([
      [local().id, true],
      ['aaaaaaaaaaaa', false],
    ]);
  });

  it('[D171] does only what its switches name', async () => {
    const general = local({ id: 'aaaaaaaaaaaa', wording: 'connection slots are reserved, * used' });
    const weak = local({ id: 'bbbbbbbbbbbb', wording: 'no space left on *', confidence: 0.1, outcomes: outcomes(10) });
    const path = file(local(), general, weak);
    const events = async (...switches: string[]) => {
      const { stdout, stderr } = await run(
        'optimize',
        path,
        '--dry-run',
        '--json',
        '--min-confidence',
        '0.9',
        ...switches,
      );
      const lines = stdout.toString().trim().split('\n').filter(Boolean);
      return [
        [...new Set(lines.map((line) => JSON.parse(line).event))].sort(),
        stderr.includes('could be one pattern'),
      ];
    };
    const [all] = await events();
    expect(all).toEqual(['pattern.absorbed', 'pattern.merged', 'pattern.retired']);
    expect((await events('--merge-similar'))[0]).toEqual(['pattern.absorbed', 'pattern.merged']);
    expect((await events('--remove-low-confidence'))[0]).toEqual(['pattern.retired']);
    expect((await events('--suggest-generalizations'))[0]).toEqual([]);
    expect(await events('--merge-similar', '--remove-low-confidence', '--suggest-generalizations')).toEqual(
      await events(),
    );
    expect(await events('--merge-similar', 'false')).toEqual(await events());
  });

  it('lowers a confidence at once and for good, and raises none by a word', async () => {
    const path = file(local({ confidence: 0.6, outcomes: outcomes(10) }));
    const id = local().id;
    await run('adjust', path, id, '--confidence', '0.2', '--reason', 'it hid the cause');
    expect(kept(path).patterns[0]).toMatchObject({
      confidence: 0.2,
      cap: 0.2,
      history: [{}, { reason: redactedText('it hid the cause') }],
    });
    await run('adjust', path, id, '--confidence', '0.95', '--reason', 'it was right');
    expect(kept(path).patterns[0]?.confidence).toBeLessThanOrEqual(0.6);
    expect(kept(path).notes.map(({ event }) => event)).toEqual(['pattern.adjusted', 'pattern.adjusted']);
  });

  it('[D208] approves a critical pattern, which may then rise by its outcomes', async () => {
    const path = file(
      local({
        tags: ['critical'],
        stage: 'suggest',
        confidence: 0.8,
        outcomes: outcomes(30),
        history: [{ at: BEFORE, confidence: 0.8, stage: 'suggest', reason: redactedText('learned') }],
      }),
    );
    await run('adjust', path, local().id, '--approve');
    expect(kept(path).patterns[0]).toMatchObject({ stage: 'match', approved: { by: 'command line', at: EPOCH } });
  });

  it('says what is missing, and which pattern there is not', async () => {
    const path = file(local());
    expect((await run('adjust', path, local().id)).stderr).toContain('needs either --approve or --confidence');
    expect((await run('adjust', path, local().id, '--confidence', '2', '--reason', 'x')).stderr).toContain(
      'from 0 to 1',
    );
    expect((await run('adjust', path, local().id, '--confidence', '0.2')).stderr).toContain('needs --reason');
    expect((await run('adjust', path, 'ffffffffffff', '--approve')).stderr).toContain(
      'There is no pattern "ffffffffffff" in the file',
    );
  });
});
