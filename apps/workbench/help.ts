import type { Command, OptionSpec } from '@selfheal/cli-kit/command.ts';

const HELP_OPTION: OptionSpec = { type: 'boolean', about: 'show this text' };

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** What the list of commands says about one. */
export type ListedCommand = Pick<Command, 'name' | 'operands' | 'summary' | 'aliases'>;

/** The groups of the list, each with the first words of its commands. A test finds a command that is in none. */
const GROUPS: readonly (readonly [title: string, nouns: readonly string[]])[] = [
  ['Start', ['start', 'login', 'logout', 'connection', 'doctor', 'completion', 'mcp', 'plugin']],
  ['Explain a failure', ['analyze', 'run', 'replay', 'log', 'airflow', 'spark', 'redact', 'scenario']],
  ['Tests and pull requests', ['report', 'flaky', 'test', 'gate', 'feedback', 'ci', 'arch', 'patch', 'fix']],
  [
    'Operate a deployment',
    ['status', 'watch', 'incident', 'event', 'action', 'approval', 'policy', 'config', 'user', 'key', 'data', 'notify'],
  ],
  ['Services', ['service', 'alert', 'metric', 'performance', 'source', 'baseline', 'production', 'playbook', 'cost']],
  ['Learning', ['knowledge', 'solution', 'learning', 'model', 'answers', 'confidence', 'experiment', 'train']],
];

export const groupOf = (name: string): string =>
  GROUPS.find(([, nouns]) => nouns.includes(name.split(' ')[0] ?? ''))?.[0] ?? 'Other';

/** `selfheal --help`, and `selfheal gate --help` with the commands of one noun. Commands stand in groups, if there are several. */
export function generalHelp(commands: readonly ListedCommand[]): string {
  const isOfOneNoun = new Set(commands.map(({ name }) => name.split(' ')[0])).size === 1;
  const rows = table(
    commands.map(({ name, operands, summary, aliases = [] }) => [
      `${name} ${operands.shown}`.trim(),
      isOfOneNoun && aliases.length > 0 ? `${summary} (also ${aliases.join(', ')})` : summary,
    ]),
  );
  const groups = Map.groupBy(
    commands.map(({ name }, at) => ({ title: groupOf(name), row: rows[at] ?? '' })),
    ({ title }) => title,
  );
  const titles = [...GROUPS.map(([title]) => title), 'Other'].filter((title) => groups.has(title));
  return [
    'Usage: selfheal COMMAND [options]',
    '',
    'Analyses failed runs, logs, metrics and test results, and operates a deployment of Selfheal.',
    '',
    ...titles.flatMap((title) => [
      titles.length === 1 ? 'Commands:' : `${title}:`,
      ...(groups.get(title) ?? []).map(({ row }) => row),
      '',
    ]),
    'Run `selfheal COMMAND --help` for details and `selfheal --version` for the version. Files may be gzipped; `-` is standard input.',
    'Older names work, too: `selfheal help WORD` finds a command by them, and what a word of another tool is here.',
    'Results go to stdout, messages to stderr. Exit codes: 0 success, 1 the check failed or the request was refused, 2 bad usage or input.',
    '',
  ].join('\n');
}

/** The other names of an option, behind it; nothing where it has none. */
export const alsoWords = (aliases: readonly string[]): string =>
  aliases.length === 0 ? '' : ` (also ${aliases.map((alias) => `--${alias}`).join(', ')})`;

/** `selfheal <noun> <verb> --help`. */
export function commandHelp(command: Command): string {
  const options = Object.entries({ ...command.options, help: HELP_OPTION });
  return [
    `Usage: ${['selfheal', command.name, command.operands.shown, '[options]'].filter((word) => word !== '').join(' ')}`,
    '',
    `${command.summary}`,
    ...(command.aliases === undefined
      ? []
      : ['', `Also: ${command.aliases.map((alias) => `selfheal ${alias}`).join(', ')}`]),
    ...(command.details === undefined ? [] : ['', command.details]),
    '',
    'Options:',
    ...table(
      options.map(([name, { value, about, aliases = [] }]) => [
        `--${name}${value === undefined ? '' : ` ${value}`}`,
        `${about}${alsoWords(aliases)}`,
      ]),
    ),
    '',
  ].join('\n');
}
