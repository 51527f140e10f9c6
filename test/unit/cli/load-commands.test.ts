import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { loadCommands } from '#apps/cli/load-commands.ts';

const names = async (...args: string[]) => (await loadCommands(args)).map(({ name }) => name);
const ALL = COMMANDS.map(({ name }) => name);

describe('the commands that are loaded', () => {
  it.each(ALL.filter((name) => name !== 'completion'))('for "%s" are that one', async (name) => {
    expect(await names(...name.split(' '), '--json')).toEqual([name]);
  });

  it.each([
    ['no argument', []],
    ['the help text', ['--help']],
    ['the script about all of them', ['completion', 'bash']],
    ['an option in place of a name', ['--analyze-failure']],
    ['an unknown command', ['log', 'fold']],
    ['a noun alone', ['log']],
    ['a file that holds no command', ['registry']],
    ['a path', ['../main']],
    ['an option before the name', ['--json', 'log', 'triage']],
  ])('for %s are all', async (_name, args) => {
    expect(await names(...args)).toEqual(ALL);
  });

  it('for the version are none', async () => {
    for (const word of ['--version', '-v', 'version']) expect(await names(word)).toEqual([]);
  });
});
