import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUITES } from '#lab/eval/registry.ts';
import { runLab } from '../cli/run-command.ts';

describe('the laboratory', () => {
  it.each([
    [
      ['eval', 'nothing', '--data', '.'],
      'Unknown suite "nothing". Use one of: strangers-2026-11, sources-2026-11, logchunks, ',
    ],
    [['eval', 'logchunks'], '"selfheal eval" needs --data DIR, the folder of labelled cases.'],
    [
      ['eval', 'logchunks', '--data', '/nowhere'],
      '/nowhere: this is not a folder. Pass the folder that contains "logchunks" with --data.',
    ],
  ])('answers %j with one line that says how to mend it', async (args, reason) => {
    const { code, stdout, stderr } = await runLab(args);
    expect(code).toBe(2);
    expect(stdout).toHaveLength(0);
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('tries each signature with and without it', async () => {
    const data = await mkdtemp(join(tmpdir(), 'signatures-'));
    const source = join(data, 'sources-2026-11', 'ours');
    await mkdir(source, { recursive: true });
    // No words but those of the tool: what others mean would be understood without the signature.
    const failing = ['added 812 packages', '  ● basket › adds up', '    3 is none of 4', 'Done.'];
    await writeFile(join(source, 'one.log'), failing.join('\n'));
    await writeFile(join(source, 'two.log'), [...failing, ''].join('\n'));
    const label = { lines: 4, cause_lines: [3], cause_top: 3, verdict: 'regression' };
    const labels = [
      { ...label, file: 'one', log: 'one.log', class: 'test_failure' },
      { ...label, file: 'two', log: 'two.log', class: 'lint/format' },
    ];
    await writeFile(join(source, 'labels.jsonl'), labels.map((one) => JSON.stringify(one)).join('\n'));
    const { code, stdout } = await runLab(['try-signatures', '--data', data, '--json']);
    expect(code).toBe(0);
    const results = stdout.toString().trimEnd().split('\n');
    expect(results.map((one) => JSON.parse(one))).toContainEqual({
      id: 'jest-failed',
      pays: ['sources-2026-11/ours'],
      hurts: [],
      neutral: 1,
    });
    const refused = await runLab(['try-signatures']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('"try-signatures" needs --data DIR, the folder of labelled logs.');
  });

  it('has a file for each suite, named after the folder of its data', () => {
    const files = new Set(readdirSync('lab/eval'));
    expect(SUITES.filter(({ name }) => !files.has(`${name}.ts`))).toEqual([]);
    expect(new Set(SUITES.map(({ name }) => name)).size).toBe(SUITES.length);
  });
});
