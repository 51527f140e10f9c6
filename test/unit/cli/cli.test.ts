import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { REQUESTS } from '#apps/cli/requests/table.ts';
import { runCommand } from './run-command.ts';

const CLI = join(import.meta.dirname, '../../../apps/cli');

describe('the command line', () => {
  it.each(['--help', '-h'])('[A13][D119] lists every command in its help text (%s)', async (flag) => {
    const { code, stdout, stderr } = await runCommand([flag]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.toString()).toContain('Usage: selfheal COMMAND');
    for (const { name } of COMMANDS) expect(stdout.toString()).toContain(`  ${name} `);
  });

  it('shows the help text on stderr and exits with 2 when no command is given', async () => {
    const { code, stdout, stderr } = await runCommand([]);
    expect(code).toBe(2);
    expect(stdout).toHaveLength(0);
    expect(stderr).toContain('Usage: selfheal COMMAND');
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'explains "%s" and its options',
    async (name, command) => {
      const { code, stdout } = await runCommand([...name.split(' '), '--help']);
      expect(code).toBe(0);
      const text = stdout.toString();
      expect(text).toContain(`Usage: selfheal ${name}`);
      for (const option of Object.keys(command.options)) expect(text).toContain(`--${option}`);
    },
  );

  it('lists the commands of a noun that is no command of its own', async () => {
    const { code, stdout } = await runCommand(['gate', '--help']);
    expect(code).toBe(0);
    for (const name of ['gate check', 'gate update', 'gate baseline'])
      expect(stdout.toString()).toContain(`  ${name} `);
    expect(stdout.toString()).not.toContain('flaky record');
    expect((await runCommand(['analyze', '--help'])).stdout.toString()).toContain('Usage: selfheal analyze ');
  });

  it.each([
    [['frobnicate'], 'Unknown command "frobnicate". "selfheal --help" lists the commands.'],
    [['incidnts'], 'Unknown command "incidnts"; did you mean "incidents"?'],
    [['simulate-incidents'], 'Unknown command "simulate-incidents"; did you mean "simulate-incident"?'],
    [['log', 'translate'], 'Unknown command "log translate". Use one of: log excerpt, '],
    [['log', 'excerpt'], '"selfheal log excerpt" needs FILE...: see "selfheal log excerpt --help".'],
    [['log', 'excerpt', '--many', 'x'], `Unknown option '--many': see "selfheal log excerpt --help".`],
    [['log', 'excerpt', '--line', '3'], `Unknown option '--line'; did you mean --lines?: see "selfheal log excerpt`],
    [['--analyze-failures'], 'No command is named before "--analyze-failures". "selfheal --help" lists'],
    [['analyze', '--analyze-failures'], `did you mean --analyze-failure?: see "selfheal analyze --help".`],
    [['--dry-run'], 'No command is named before "--dry-run". "selfheal --help" lists the commands.'],
    [['log', 'excerpt', 'x', '--lines'], '--lines needs N after it: see "selfheal log excerpt --help".'],
    [['--analyze-failure', '--pr-number'], '--pr (also --pr-number) needs N after it: see "selfheal analyze --help".'],
    [['log', 'excerpt', 'x', '--lines', '-3'], '--lines -3: expected a whole number from 1 to 5000.'],
    [['log', 'excerpt', 'x', '--lines', 'ten'], '--lines ten: expected a whole number from 1 to 5000.'],
    [['log', 'excerpt', 'x', '--lines', '0'], '--lines 0: expected a whole number from 1 to 5000.'],
    [
      ['import-knowledge', 'a.json', '--source-environment', 'staging'],
      '"staging" is one argument too many; --source-environment stands for FILE.json, so give one of them: see',
    ],
    [['redact', 'a', 'b'], '"b" is one argument too many: see "selfheal redact --help".'],
    [['knowledge', 'search', '--query', ' '], '"selfheal knowledge search" needs --query TEXT.'],
    [['knowledge', 'search', '--query', 'disk', '--table', 'knowledge'], 'Use --table and --scope together'],
  ])('[D220] answers %j with one line that says how to mend it', async (args, reason) => {
    const { code, stdout, stderr } = await runCommand(args);
    expect(code).toBe(2);
    expect(stdout).toHaveLength(0);
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    [['import-incidents', '--file', 'none.csv'], 'none.csv: '],
    [['import-incidents', '--file=none.csv', '--dry-run'], 'none.csv: '],
    [
      ['update-confidence', '--pattern', 'p1', '--new-confidence', 'much', '--reason', 'r'],
      '--new-confidence much: expected',
    ],
    [['update-confidence', '--pattern'], 'Option \'--pattern\' needs a value: see "selfheal knowledge adjust --help".'],
    [['knowledge', 'adjust', 'p1', '--new-confidence=much', '--reason', 'r'], '--new-confidence much: expected'],
    [['incidents', '--', '--file'], '"--file" is one argument too many: see "selfheal incident list --help".'],
  ])('[D119] takes %j: commands, options and operands by their other names', async (args, reason) => {
    const { code, stderr } = await runCommand(args);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  it('gives no name to two commands', () => {
    const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has one row or one file for each command, the file named after it', () => {
    const files = readdirSync(join(CLI, 'commands')).filter((name) => name !== 'registry.ts');
    const rows = REQUESTS.map(({ name }) => `${name.replaceAll(' ', '-')}.ts`);
    expect([...files, ...rows].sort()).toEqual(COMMANDS.map(({ name }) => `${name.replaceAll(' ', '-')}.ts`).sort());
  });
});
