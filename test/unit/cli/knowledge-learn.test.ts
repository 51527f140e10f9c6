import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

const TITLES = 'timestamp,title,description,service,severity,resolution_time,solution,tags,success';
const POOL = (used: number, day: string, rest = ',payments,high,30,Raise the pool size,database,true') =>
  `2026-10-${day}T10:00:00Z,Pool exhausted,"FATAL: remaining connection slots are reserved, ${used} of ${used} used"${rest}`;
const DISK =
  '2026-10-04 09:00,Disk full on the build host,write /var/lib/x: no space left on device,build,critical,1h 30m,Clean old images,disk,yes';
const table = (...rows: string[]) => aFile([TITLES, ...rows].join('\n'), 'incidents.csv');
const learn = (file: string, patterns: string, ...more: string[]) =>
  runCommand(['knowledge', 'learn', file, '--patterns', patterns, ...more]);
const patternsIn = async (patterns: string, ...more: string[]) => {
  const { stdout } = await runCommand(['knowledge', 'patterns', '--patterns', patterns, '--json', ...more]);
  const lines = stdout.toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
};

describe('selfheal knowledge learn', () => {
  it('[D262] [D144] learns a table of past incidents in bulk, filed by class and tags', async () => {
    const store = join(aFolder(), 'patterns.json');
    const { code, stdout } = await learn(table(POOL(20, '01'), POOL(40, '02'), DISK), store);
    expect(code).toBe(0);
    expect(stdout.toString().match(/^learned/gm)).toHaveLength(2);
    expect(await patternsIn(store)).toMatchObject([
      { stage: 'observe', confidence: 0.5 },
      { stage: 'observe', confidence: 0.5 },
    ]);
    const [disk] = await patternsIn(store, '--tag', 'disk');
    expect(disk).toMatchObject({
      class: 'resource_exhaustion',
      solution: 'Clean old images',
      outcomes: [{ minutes: 90, at: '2026-10-04T09:00:00.000Z' }],
    });
    expect(disk.tags).toEqual(
      expect.arrayContaining(['disk', 'resource_exhaustion', 'infrastructure', 'build', 'critical']),
    );
  });

  it('[D262] names bad lines, duplicates and conflicts by line, and learns from the others', async () => {
    const store = join(aFolder(), 'patterns.json');
    const rows = [
      POOL(20, '01'),
      POOL(20, '01'),
      POOL(20, '01', ',payments,high,30,Restart it,database,true'),
      'yesterday,Disk full,no space,build,low,5,Clean,,true',
      '2026-10-05,Host,,build,low,5,Restart,,true',
      '2026-10-06,Pool,"a ""quoted""\nsecond line of the pool",build,low,5,Restart,,maybe',
    ];
    const { code, stderr, stdout } = await learn(table(...rows), store, '--json');
    expect(code).toBe(1);
    expect(stderr).toContain('line 5: timestamp: must be a time');
    expect(stderr).toContain('line 7: success: must be true or false');
    expect(stderr).toContain('line 2 and 3: duplicate');
    expect(stderr).toContain('line 2 and 4: conflict');
    expect(stderr).toContain('line 6: too little text to make a pattern from');
    expect(JSON.parse(stdout.toString())).toMatchObject({ records: 2, results: [{ kind: 'learned', lines: [2] }] });
  });

  it('[D199] learns from one record of a person as JSON, and counts it once', async () => {
    const store = join(aFolder(), 'patterns.json');
    const record = {
      incident: 'gh-77',
      timestamp: '2026-11-20T08:00:00Z',
      title: 'Registry token expired',
      description: 'npm error code E401 unable to authenticate with the registry token',
      solution: 'Renew the token.',
      success: true,
      tags: ['registry'],
      class: 'access_control_failures',
      by: 'the platform team',
    };
    const file = aFile(JSON.stringify(record), 'resolution.jsonl');
    await learn(file, store);
    const again = await learn(file, store);
    expect(again.stdout.toString()).toMatch(/^unchanged/);
    expect(await patternsIn(store)).toMatchObject([
      { provenance: { source: 'human', by: 'the platform team' }, outcomes: [{ incident: 'gh-77' }] },
    ]);
  });

  it('refuses a pattern that would have matched another class, with the incident it would have matched', async () => {
    const store = join(aFolder(), 'patterns.json');
    const rows = [
      { class: 'memory_leaks', title: 'Worker was killed at night', incident: 'gh-1' },
      { class: 'flaky_tests', title: 'Worker was killed in a test', incident: 'gh-2', pattern: 'worker was killed' },
    ];
    const records = rows.map((row) =>
      JSON.stringify({ timestamp: '2026-11-20', solution: 'Start it again.', success: true, ...row }),
    );
    const { code, stdout } = await learn(aFile(records.join('\n')), store, '--json');
    expect(code).toBe(1);
    const { results } = JSON.parse(stdout.toString());
    expect(results.map(({ kind }: { kind: string }) => kind)).toEqual(['learned', 'refused']);
    expect(results[1].reason).toContain('gh-1: memory_leaks');
  });

  it('changes nothing in a dry run', async () => {
    const store = join(aFolder(), 'patterns.json');
    expect((await learn(table(DISK), store, '--dry-run')).stdout.toString()).toContain('learned');
    expect(await patternsIn(store)).toEqual([]);
  });

  it.each([
    ['title,success\nx,true', 'line 1: missing column timestamp, solution'],
    [`${TITLES},colour\n`, 'line 1: unknown column "colour"'],
    [`${TITLES}\n${DISK}\n2026-10-01,"open,x`, 'line 3: unclosed quote'],
    [`${TITLES}\n`, 'no valid incident records'],
    ['{"title":', 'line 1: not a JSON object'],
  ])('refuses a file that cannot be learned from and says why: %j', async (content, message) => {
    const { code, stderr } = await learn(aFile(content), join(aFolder(), 'patterns.json'));
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('refuses a file of patterns that is none, and a table without a place', async () => {
    expect(await learn(table(DISK), aFile('{}'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not a valid file of learned patterns'),
    });
    const { stderr } = await runCommand(['knowledge', 'learn', table(DISK), '--table', 'knowledge']);
    expect(stderr).toContain('--table needs --scope repository#ID:OWNER/NAME');
  });
});

describe('selfheal knowledge check', () => {
  it('[D166] says what is wrong with a file, by line, and changes nothing', async () => {
    const { code, stdout } = await runCommand(['knowledge', 'check', table(DISK, DISK, 'x,y,z,,,,,,'), '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      records: 2,
      kept: 1,
      bad: [{ line: 4 }],
      findings: [{ kind: 'duplicate', lines: [2, 3] }],
    });
  });

  it('[D166] looks only for what its switches name, also for its exit code and its report', async () => {
    const twice = table(DISK, DISK, DISK.replace(/,build,/, ',,'));
    const kinds = async (...switches: string[]) => {
      const report = join(aFolder(), 'report.json');
      const args = ['validate-training-data', twice, '--report-path', report, '--json', ...switches];
      const { code, stdout } = await runCommand(args);
      const { findings } = JSON.parse(stdout.toString());
      expect(JSON.parse(readFileSync(report, 'utf8')).findings).toEqual(findings);
      return [code, [...new Set(findings.map(({ kind }: { kind: string }) => kind))].sort()];
    };
    expect(await kinds()).toEqual([1, ['duplicate', 'missing']]);
    expect(await kinds('--check-duplicates')).toEqual([1, ['duplicate']]);
    expect(await kinds('--check-missing-fields')).toEqual([0, ['missing']]);
    expect(await kinds('--check-pattern-conflicts')).toEqual([0, []]);
    expect(await kinds('--check-duplicates', '--check-missing-fields', '--check-pattern-conflicts')).toEqual(
      await kinds(),
    );
  });

  it('[D167] prints clean records that can be learned', async () => {
    const { stdout } = await runCommand(['knowledge', 'check', table(DISK, DISK), '--clean']);
    expect(JSON.parse(stdout.toString())).toMatchObject({ timestamp: '2026-10-04T09:00:00.000Z', service: 'build' });
    const store = join(aFolder(), 'patterns.json');
    expect(await learn(aFile(stdout, 'clean.jsonl'), store)).toMatchObject({ code: 0 });
  });
});
