import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { makeProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** 0: success; 1: the check failed or the request was refused; 2: bad usage or input. A gate also passes on the exit code of the step before it. */
export type ExitCode = number;

/** An option of a command: its type for `util.parseArgs` and its line in the help text. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Whether it may be given several times; then its value is a list. */
  readonly multiple?: true;
  /** Placeholder of the value in the help text (`N`, `FILE`). */
  readonly value?: string;
  readonly about: string;
  /** Other names of it, without `--`. */
  readonly aliases?: readonly string[];
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Values of the given options. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]?:
    | (O[K]['type'] extends 'boolean' ? boolean : O[K] extends { multiple: true } ? readonly string[] : string)
    | undefined;
};

interface CommandInput<O extends OptionSpecs> {
  readonly operands: readonly string[];
  readonly options: OptionValues<O>;
}

/** How many operands a command takes. */
interface Operands {
  /** As the help text shows them (`FILE...`). */
  readonly shown: string;
  readonly atLeast: number;
  readonly atMost: number;
  /** Options, without `--`, whose value is taken as an operand. */
  readonly aliases?: readonly string[];
}

interface CommandDescription {
  /** One or two words (`log excerpt`). */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Further lines of the help text. */
  readonly details?: string;
  /** None when it is absent. */
  readonly operands?: Operands;
  /** Other names of the command (`simulate-incident`). */
  readonly aliases?: readonly string[];
  /** Options that may stand in place of its name: `selfheal --analyze-failure`. */
  readonly impliedBy?: readonly string[];
  /** Puts other spellings of its arguments into the options' own. */
  readonly rewrite?: (args: readonly string[]) => string[];
}

/** A command as its file defines it, with typed options. */
export interface CommandDefinition<O extends OptionSpecs> extends CommandDescription {
  readonly options: O;
  /** `commands`: every command. */
  run(input: CommandInput<O>, terminal: Terminal, commands: readonly Command[]): Promise<ExitCode>;
}

/** Operands and options from the command line, checked against the command's definition. */
export interface ParsedInput {
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
}

/** A command with untyped options, as the registry holds it. */
export interface Command extends CommandDescription {
  readonly operands: Operands;
  readonly options: OptionSpecs;
  run(input: ParsedInput, terminal: Terminal, commands: readonly Command[]): Promise<ExitCode>;
}

/** Bad usage or input. The message says in one line what is wrong and how to fix it; the command line exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The option `--json`. */
export const JSON_OPTION = {
  json: { type: 'boolean', about: 'print JSON instead of text' },
} as const satisfies OptionSpecs;

/** The option `--dry-run`. */
export const DRY_RUN_OPTION = {
  'dry-run': { type: 'boolean', about: 'show what would be and change nothing' },
} as const satisfies OptionSpecs;

/** Said by a command that was asked to change nothing. */
export const DRY_RUN_NOTE = 'selfheal: this is a dry run: nothing is changed.';

/** For JSON: whether it was a dry run, when it was one. */
export const dryRunFact = (options: { readonly 'dry-run'?: boolean | undefined }): { readonly dryRun?: true } =>
  options['dry-run'] === true ? { dryRun: true } : {};

/** The option `--yes` of a command that does nothing without it; `about` says what it does then. */
export const yesOption = (about: string) =>
  ({ yes: { type: 'boolean', aliases: ['confirm'], about } }) as const satisfies OptionSpecs;

/** A word as a POSIX shell takes it: quoted where it has to be. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The command line that was typed, without credentials. */
export function lineOf(command: string, operands: readonly string[], options: ParsedInput['options']): string {
  const given = Object.entries(options).flatMap(([name, value]) => {
    if (name === 'token' || value === undefined || value === false) return [];
    return [value].flat().map((one) => (one === true ? `--${name}` : `--${name} ${shellWord(String(one))}`));
  });
  return ['selfheal', command, ...operands.map(shellWord), ...given].join(' ');
}

/**
 * Returns when the change was confirmed with `--yes`, is only looked at, or a person at a terminal answers yes to what it would do. Throws
 * `UsageError` with the line to type otherwise; without a terminal nothing is asked.
 */
export async function requireYes(
  command: string,
  { operands = [], options }: { readonly operands?: readonly string[]; readonly options: ParsedInput['options'] },
  terminal: Pick<Terminal, 'stdin' | 'say' | 'ask'>,
  what = 'do it',
): Promise<void> {
  if (options.yes === true || options['dry-run'] === true) return;
  if (await terminal.ask(`selfheal: this would ${what}. Go on? (yes/no) `)) return;
  const line = lineOf(command, operands, { ...options, yes: true });
  throw new UsageError(
    `"selfheal ${command}" needs --yes to ${what}, or --dry-run to look first. Nothing was done. Type: ${line}`,
  );
}

/** The parts of an option that is a list with commas, without blanks and empty ones. */
export const listOf = (given: string | undefined): string[] =>
  (given ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const NO_OPERANDS: Operands = { shown: '', atLeast: 0, atMost: 0 };

/** Declares a command. The command line checks the type of each option before it calls `run`. */
export function defineCommand<const O extends OptionSpecs>(definition: CommandDefinition<O>): Command {
  return {
    operands: NO_OPERANDS,
    ...definition,
    run: (input, ...rest) => definition.run(input as CommandInput<O>, ...rest),
  };
}

const DAYS_WITH_UNIT = /^(\d{1,16}) ?(d|days?|w|weeks?)?$/i;

/**
 * Parses an option as a whole number from 1 to `limits.atMost`; `limits.otherwise` when it is absent. An option that counts days, by its name, may have
 * its unit behind it: `7d`, `2w`. Throws `UsageError`.
 */
export function wholeNumber(
  name: string,
  given: string | undefined,
  limits: { otherwise: number; atMost: number },
): number {
  if (given === undefined) return limits.otherwise;
  const [, number, unit = 'd'] = (name.endsWith('days') ? DAYS_WITH_UNIT : /^(\d{1,16})$/).exec(given) ?? [];
  const value = Number(number) * (/^w/i.test(unit) ? 7 : 1);
  if (value >= 1 && value <= limits.atMost) return value;
  const range = limits.atMost === Number.MAX_SAFE_INTEGER ? 'above 0' : `from 1 to ${limits.atMost}`;
  throw new UsageError(`--${name} ${given}: expected a whole number ${range}.`);
}

/** Runs `work` for each file. A file that cannot be read is reported, the others are still processed, and the exit code is 2. */
export async function forEachFile(
  files: readonly string[],
  terminal: Terminal,
  work: (file: string) => Promise<void>,
): Promise<ExitCode> {
  let code: ExitCode = 0;
  const progress = makeProgress(counted(files.length, 'file'), files.length, terminal);
  for (const [at, file] of files.entries()) {
    progress(at);
    try {
      await work(file);
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof InvalidInput)) throw error;
      terminal.say(`selfheal: ${error.message}`);
      code = 2;
    }
  }
  return code;
}

/** Which of the parts a person chose by their switches; all of them when no switch was given. */
export function chosenParts<T extends string>(switches: Readonly<Record<T, boolean | undefined>>): readonly T[] {
  const names = Object.keys(switches) as T[];
  const chosen = names.filter((name) => switches[name] === true);
  return chosen.length === 0 ? names : chosen;
}

/** Parses an option as a share from 0 to 1, also written in percent (`65%`); `otherwise` when it is absent. Throws `UsageError`. */
export function shareOption(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const [, number, percent] = /^(\d+(?:\.\d*)?|\.\d+)(%?)$/.exec(given) ?? [];
  const value = Number(number) / (percent === '%' ? 100 : 1);
  if (value <= 1) return value;
  throw new UsageError(`--${name} ${given}: expected a number from 0 to 1, such as ${otherwise}, or a percentage.`);
}
