import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand, runLab } from './run-command.ts';

interface Answer {
  readonly test: string;
  readonly flaky: boolean;
  readonly score: number;
  readonly runs: number;
  readonly failures: number;
}

async function detect(csv: string): Promise<{ code: number; answers: Answer[]; stderr: string }> {
  const { code, stdout, stderr } = await runCommand(['flaky', 'detect', aFile(csv, 'tests.csv'), '--json']);
  const lines = stdout.toString().split('\n').filter(Boolean);
  return { code, answers: lines.map((line) => JSON.parse(line) as Answer), stderr };
}

/** `P` passed, `F` failed, of one test each, oldest first. */
const long = (rows: Readonly<Record<string, string>>): string =>
  `test,run,outcome\n${Object.entries(rows)
    .flatMap(([test, row]) => [...row].map((one, at) => `${test},${at + 1},${one === 'P' ? 'passed' : 'failed'}\n`))
    .join('')}`;
const flagged = ({ answers }: { answers: readonly Answer[] }): string[] =>
  answers.filter(({ flaky }) => flaky).map(({ test }) => test);

describe('flaky detect', () => {
  it('[B3] prints one JSON line per test: flaky is what both failed and passed on the same code', async () => {
    const found = await detect(
      long({ steady: 'PPPPPPPPPP', flaky: 'PPPFPPPPPP', dead: 'FFFFFFFFFF', last: 'PPPPPPPPPF' }),
    );
    expect(found.code).toBe(0);
    expect(Object.keys(found.answers[0] ?? {})).toEqual(['test', 'flaky', 'score', 'runs', 'failures']);
    expect(found.answers.map(({ test, runs, failures }) => [test, runs, failures])).toEqual([
      ['steady', 10, 0],
      ['flaky', 10, 1],
      ['dead', 10, 10],
      ['last', 10, 1],
    ]);
    expect(flagged(found)).toEqual(['flaky', 'last']);
  });

  it('[B3] tells a test that was broken and mended from one that fails by chance, by the commits', async () => {
    const row = (test: string, outcomes: string, commitOf: (at: number) => string): string =>
      [...outcomes].map((one, at) => `${test},${commitOf(at)},${one === 'P' ? 'ok' : 'FAILED'}\n`).join('');
    const own = (at: number): string => `c${at}`;
    const found = await detect(
      `name,sha,status\n${row('mended', 'PPPPFFFFFPPPPPPP', own)}${row('chance', 'PPFPPPPFPPPPFPPP', own)}${row('rerun', 'PPPPFFFFFPPPPPPP', (at) => `c${Math.floor(at / 3)}`)}`,
    );
    expect(flagged(found)).toEqual(['chance', 'rerun']);
  });

  it.each<[form: string, csv: string]>([
    ['counts of runs and failures', 'Test,Runs,Failures\na,100,0\nb,100,3\nc,100,100\n'],
    [
      'counts of either outcome',
      'Project,Test,IsFlaky,NumFailingRuns,NumPassingRuns\np,a,0,0,100\np,b,1,3,97\np,c,0,100,0\n',
    ],
    [
      'a column for each run',
      `test,${Array.from({ length: 5 }, (_, n) => `run ${n}`)}\na,P,P,P,P,P\nb,P,F,P,P,\nc,F,F,skipped,F,F\n`,
    ],
    ['a row for each run', 'run,a,b,c\n1,pass,pass,fail\n2,pass,fail,fail\n3,pass,pass,fail\n'],
    ['no header', 'a,pass\nb,pass\nb,fail\nb,pass\nc,fail\na,pass\n'],
    ['a column that says whether it failed', 'test,failed\na,0\nb,1\nb,0\nb,0\nc,1\n'],
  ])('reads %s', async (_form, csv) => {
    const found = await detect(csv);
    expect(found.stderr).toBe('');
    expect(found.answers.map(({ test, flaky }) => [test, flaky])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ]);
  });

  it('keeps names with commas whole, quoted or not', async () => {
    const { answers } = await detect('test,run,outcome\n"adds [1, 2]",1,pass\nadds [1, 2],2,fail\n');
    expect(answers).toEqual([expect.objectContaining({ test: 'adds [1, 2]', runs: 2, failures: 1 })]);
  });

  it('names bad rows by line and reason and goes on', async () => {
    const found = await detect('test,outcome\na,pass\na,perhaps\na,fail\n');
    expect(found.answers[0]).toMatchObject({ runs: 2, failures: 1 });
    expect(found.stderr).toContain('line 3: "perhaps" is no outcome');
  });

  it.each([
    ['', /empty|no test results/],
    ['timestamp,value\n2026-01-01,5\n', /no test results/],
  ])('refuses %j with exit code 2 and what to write instead', async (csv, words) => {
    const { code, stderr } = await detect(csv);
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
  });
});

describe('the suite of reruns', () => {
  it('draws runs, and measures what is found and what is wrongly flagged', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, n) => `p${n % 6},t${n},${n % 2},${n % 2 === 0 ? 0 : 3000},${n % 2 === 0 ? 10000 : 7000}`,
    );
    const text = ['Project,Test,IsFlaky,NumFailingRuns,NumPassingRuns', ...rows, ''].join('\n');
    const data = aFolder();
    mkdirSync(join(data, 'flakeflagger'));
    writeFileSync(join(data, 'flakeflagger/test_results.csv.gz'), gzipSync(text));
    const { stdout } = await runLab(['eval', 'flakeflagger', '--data', data, '--json']);
    const { figures } = JSON.parse(stdout.toString()) as { figures: { name: string; value: number; cases: number }[] };
    const value = (name: string) => figures.find((figure) => figure.name === name)?.value;
    expect(value('recall of flaky tests, 100 runs')).toBe(1);
    expect(value('false flags on tests that never fail, 10 runs')).toBe(0);
  });
});
