import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { aFile, runCommand } from './run-command.ts';

/** What bash offers after these words; the last one is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout } = await runCommand(['completion', 'bash']);
  const script = aFile(stdout, 'completion.bash');
  const typed = ['selfheal', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `source ${script}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _selfheal; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout: answer, stderr } = spawnSync('bash', ['-c', ask], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return answer.split('\n').filter((line) => line !== '');
}

describe('selfheal completion', () => {
  it('offers bash the first words, the second ones of each, and the options', async () => {
    const first = COMMANDS.map(({ name }) => name.split(' ')[0]).filter((word) => word?.startsWith('lo'));
    expect((await offered('lo')).sort()).toEqual([...new Set(first)].sort());
    expect(await offered('log', 'cl')).toEqual(['classify']);
    expect(await offered('log', 'classify', '--con')).toEqual(['--context', '--config']);
    expect(await offered('analyze', '--la')).toEqual(['--latest']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    // Files, which bash completes by itself.
    expect(await offered('log', 'classify', '')).toEqual([]);
    expect(await offered('nothing', '')).toEqual([]);
  });

  it.each(['zsh', 'fish'])('names every command and option to %s', async (shell) => {
    const { code, stdout } = await runCommand(['completion', shell]);
    expect(code).toBe(0);
    const text = stdout.toString();
    for (const { name, options } of COMMANDS) {
      expect(text).toContain(name.split(' ').at(-1));
      for (const option of Object.keys(options))
        expect(text).toContain(shell === 'fish' ? `-l ${option} ` : `--${option}:`);
    }
  });

  it('names the shells that it knows', async () => {
    const { code, stderr } = await runCommand(['completion', 'tcsh']);
    expect([code, stderr]).toEqual([2, 'selfheal: tcsh: there is a script for bash, zsh, fish.\n']);
  });
});
