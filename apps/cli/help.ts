import type { Command, OptionSpec } from './command.ts';

const HELP_OPTION: OptionSpec = { type: 'boolean', about: 'show this text' };

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** `selfheal --help`, and `selfheal gate --help` with the commands of one noun. */
export function generalHelp(commands: readonly Command[]): string {
  return [
    'Usage: selfheal COMMAND [options]',
    '',
    'Analyses failed runs, logs, metrics and test results, and operates a deployment of Selfheal.',
    '',
    'Commands:',
    ...table(commands.map(({ name, operands, summary }) => [`${name} ${operands.shown}`.trim(), summary])),
    '',
    'Run `selfheal COMMAND --help` for details and `selfheal --version` for the version. Files may be gzipped; `-` is standard input.',
    'Results go to stdout, messages to stderr. Exit codes: 0 success, 1 the check failed or the request was refused, 2 bad usage or input.',
    '',
  ].join('\n');
}

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
        aliases.length === 0 ? about : `${about} (also ${aliases.map((alias) => `--${alias}`).join(', ')})`,
      ]),
    ),
    '',
  ].join('\n');
}
