import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

const record = (id: number, change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    incident: `gh-${id}`,
    timestamp: `1969-12-${String(10 + id).padStart(2, '0')}T10:00:00Z`,
    title: 'Pool exhausted',
    description: `remaining connection slots are reserved, ${id} of ${id} used`,
    class: 'resource_exhaustion',
    service: 'payments',
    resolution_time: 30 * 60,
    solution: 'Raise the pool size.',
    success: true,
    ...change,
  });
const learned = async () => {
  const patterns = join(aFolder(), 'patterns.json');
  await runCommand([
    'knowledge',
    'learn',
    aFile([1, 2, 3, 4, 5, 6].map((id) => record(id)).join('\n')),
    '--patterns',
    patterns,
  ]);
  return patterns;
};
const other = record(9, { class: 'flaky_tests' });

describe('selfheal learning', () => {
  it('[D204] [D205] reports what was learned in a period, as text and as JSON', async () => {
    const patterns = await learned();
    const file = aFile([record(1, { action: 'rerun-failed-jobs' }), record(2)].join('\n'));
    const { code, stdout } = await runCommand(['learning', 'report', file, '--patterns', patterns, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      patterns: { active: 1, learned: 1 },
      incidents: { ended: 2, healed: { hits: 1 }, covered: { hits: 2 }, meanMinutes: 30 },
      outcomes: { cases: 6, helped: { hits: 6 } },
    });
    const text = await runCommand(['learning', 'report', '--patterns', patterns]);
    expect(text.stdout.toString()).toMatchSnapshot();
  });

  it('[C82] [C83] says whether the goals are reached: 40 % more healed, 60 % fewer left to people', async () => {
    const day = (at: number): string => new Date(at * 86_400_000).toISOString();
    const incidents = (from: number, healed: number, byPeople: number): string[] =>
      Array.from({ length: healed + byPeople }, (_, at) =>
        record(at + from * 1000, {
          incident: `gh-${from}-${at}`,
          timestamp: day(from),
          ...(at < healed ? { action: 'rerun-failed-jobs' } : {}),
        }),
      );
    const report = async (...lines: string[][]) => {
      const file = aFile(lines.flat().join('\n'));
      const patterns = join(aFolder(), 'none.json');
      const { stdout } = await runCommand(['learning', 'report', file, '--days', '30', '--patterns', patterns]);
      return stdout.toString();
    };
    const reached = await report(incidents(-45, 40, 60), incidents(-10, 80, 20));
    expect(reached).toMatch(
      /^goal healed by Selfheal: 80\.0 % of 100 .*before 40\.0 % of 100 .*\+100 %, aimed at \+40 %; reached$/m,
    );
    expect(reached).toMatch(/^goal left to people: 20\.0 % of 100 .*-67 %, aimed at -60 %; reached$/m);
    const missed = await report(incidents(-45, 80, 20), incidents(-10, 40, 60));
    expect(missed).toMatch(/^goal healed by Selfheal: .*aimed at \+40 %; missed$/m);
    expect(missed).toMatch(/^goal left to people: .*aimed at -60 %; missed$/m);
  });

  it('[D210] checks the health of learning, with what to do, and fails when something is bad', async () => {
    const patterns = await learned();
    const good = await runCommand(['learning', 'check', '--patterns', patterns]);
    expect(good.code).toBe(0);
    expect(good.stdout.toString()).toMatchSnapshot();
    const bad = await runCommand(['learning', 'check', '--patterns', patterns, '--max-minutes', '10']);
    expect(bad.code).toBe(1);
    expect(bad.stdout.toString()).toContain('BAD    resolution time');
  });

  it('[D174] lists failures and advice only when its switches name them', async () => {
    const patterns = await learned();
    const check = async (...switches: string[]) => {
      const args = ['diagnose-pattern-accuracy', '--patterns', patterns, '--min-success', '1', '--max-minutes', '10'];
      const { stdout } = await runCommand([...args, '--json', ...switches]);
      const { weak, recommendations, checks } = JSON.parse(stdout.toString());
      return [weak.length > 0, recommendations.length > 0, checks.length > 0];
    };
    const [hasWeak, hasAdvice] = await check();
    expect(hasAdvice).toBe(true);
    expect(await check('--analyze-failures')).toEqual([hasWeak, false, true]);
    expect(await check('--suggest-improvements')).toEqual([false, true, true]);
    expect(await check('--analyze-failures', '--suggest-improvements')).toEqual([hasWeak, true, true]);
  });

  it('[D259] runs simulated incidents through what was learned, changing nothing', async () => {
    const patterns = await learned();
    const strange = record(8, { title: 'Strange', description: 'nothing like it was seen before' });
    const { code, stdout } = await runCommand([
      'learning',
      'test',
      aFile([record(7), strange, other].join('\n'), 'simulated.jsonl'),
      '--patterns',
      patterns,
    ]);
    expect(code).toBe(1);
    const text = stdout.toString();
    expect(text).toContain('3 simulated incidents: identified 33.3 % of 3');
    // The five figures: identified, resolved alone, mistaken, confidence, time.
    expect(text).toMatch(/without a model 0\.0 % of 3 .*; wrong class 33\.3 % of 3/);
    expect(text).toMatch(/mean confidence 0\.\d\d; mean time to resolve 30 minutes/);
    expect(text).toContain('line 2: Strange (resource_exhaustion): not recognised');
    expect(text).toContain('line 3: Pool exhausted (flaky_tests): recognised as resource_exhaustion');
  });

  it('says when a file holds no incident', async () => {
    const { code, stderr } = await runCommand([
      'learning',
      'test',
      aFile('{"title":"x"}'),
      '--patterns',
      await learned(),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('no valid incident records');
  });
});
