import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { loadCommands } from '#apps/cli/load-commands.ts';
import { groupOf } from '#apps/workbench/help.ts';
import { COMMAND_LIST, listCommands } from '../../../tools/list-commands.ts';

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

  it.each([
    ['no argument', []],
    ['the help text', ['--help']],
    ['its other spellings', ['help']],
    ['the help text about a noun', ['log', '--help']],
  ])('for %s are known by what is listed, without their code', async (_name, args) => {
    const loaded = await loadCommands(args);
    expect(loaded.map(({ name, summary, operands }) => [name, summary, operands.shown])).toEqual(
      COMMANDS.map(({ name, summary, operands }) => [name, summary, operands.shown]),
    );
    for (const { options } of loaded) expect(options).toEqual({});
  });

  it('for the help text about a command under another name are loaded with their options', async () => {
    const other = COMMANDS.find(({ aliases = [] }) => aliases.length > 0);
    const [alias = ''] = other?.aliases ?? [];
    const found = (await loadCommands([alias, '--help'])).find(({ name }) => name === other?.name);
    expect(Object.keys(found?.options ?? {})).not.toHaveLength(0);
  });
});

describe('the list of commands', () => {
  it('is what "npm run commands" writes', () => {
    expect(JSON.parse(readFileSync(COMMAND_LIST, 'utf8'))).toEqual(JSON.parse(listCommands()));
  });

  it.each(ALL)('has a group for "%s"', (name) => {
    expect(groupOf(name)).not.toBe('Other');
  });
});
