import { describe, expect, it } from 'vitest';
import { aFile, runCommand } from './run-command.ts';

const NAMES = ['anna', 'bert', 'cleo'];
const LOG = `${NAMES.map((name) => `login of user ${name} failed`).join('\n')}\n\nstarted 3 workers\r\n`;

function parsed(stdout: Buffer): unknown[] {
  return stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('log templates', () => {
  it('prints number, cluster, template and parameters of each line that is not blank', async () => {
    const { code, stdout, stderr } = await runCommand(['log', 'templates', aFile(LOG), '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const template = 'login of user <*> failed';
    expect(parsed(stdout)).toEqual([
      ...NAMES.map((name, at) => ({ line: at + 1, cluster: 1, template, parameters: [name] })),
      {
        line: 5,
        cluster: expect.toSatisfy((cluster: unknown) => cluster !== 1),
        template: 'started <*> workers',
        parameters: ['3'],
      },
    ]);
  });

  it('prints standard input in one pass, with what is known by then', async () => {
    const { stdout } = await runCommand(['log', 'templates', '-', '--json'], LOG);
    expect((parsed(stdout) as { cluster: number }[]).slice(0, 3).map(({ cluster }) => cluster)).toEqual([1, 2, 1]);
  });

  it('prints templates with their numbers of lines without --json', async () => {
    const file = aFile(LOG);
    const { stdout } = await runCommand(['log', 'templates', file]);
    expect(stdout.toString()).toBe(`${file}: 2 templates\n3  login of user <*> failed\n1  started <*> workers\n`);
  });

  it('reads one endless line', async () => {
    const { code, stdout } = await runCommand(['log', 'templates', aFile('ab '.repeat(1_000_000)), '--json']);
    expect(code).toBe(0);
    expect(parsed(stdout)).toHaveLength(1);
  });

  it('refuses a file that is no text', async () => {
    const { code, stderr } = await runCommand(['log', 'templates', aFile(new Uint8Array([0, 1, 2, 0, 255])), '--json']);
    expect(code).toBe(2);
    expect(stderr).toContain('not text');
  });
});
