import { readdirSync } from 'node:fs';
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

  it('has a file for each suite, named after the folder of its data', () => {
    const files = new Set(readdirSync('lab/eval'));
    expect(SUITES.filter(({ name }) => !files.has(`${name}.ts`))).toEqual([]);
    expect(new Set(SUITES.map(({ name }) => name)).size).toBe(SUITES.length);
  });
});
