import { FailureClass } from '#shared/domain/incident/failure-class.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import type { Terminal } from './terminal.ts';

/** 0: ok; 1: what was checked failed; 2: bad usage or input. */
export type ExitCode = 0 | 1 | 2;

/** An option of a command, as `util.parseArgs` wants it, with its line of the help text. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help text (`N`, `FILE`). */
  readonly value?: string;
  readonly about: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The options that were given. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]?: (O[K]['type'] extends 'boolean' ? boolean : string) | undefined;
};

export interface CommandInput<O extends OptionSpecs> {
  readonly operands: readonly string[];
  readonly options: OptionValues<O>;
}

/** How many operands a command takes. */
export interface Operands {
  /** As the help text shows them (`FILE...`). */
  readonly shown: string;
  readonly atLeast: number;
  readonly atMost: number;
}

interface CommandFace {
  /** One or two words (`log excerpt`). */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Further lines of the help text. */
  readonly details?: string;
  readonly operands: Operands;
}

/** A command as it is written: it sees its own options, each of the right type. */
export interface CommandDefinition<O extends OptionSpecs> extends CommandFace {
  readonly options: O;
  run(input: CommandInput<O>, terminal: Terminal): Promise<ExitCode>;
}

/** What was given on the command line, checked against the command's options. */
export interface ParsedInput {
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** A command as the command line sees it. */
export interface Command extends CommandFace {
  readonly options: OptionSpecs;
  run(input: ParsedInput, terminal: Terminal): Promise<ExitCode>;
}

/** Bad usage or input: the message names what and how to mend it, in one line. The command line exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The option that every scriptable command has. */
export const JSON_OPTION = {
  json: { type: 'boolean', about: 'print JSON instead of text' },
} as const satisfies OptionSpecs;

/** Declares a command. The command line has checked each option's type before `run` sees it. */
export function defineCommand<const O extends OptionSpecs>(definition: CommandDefinition<O>): Command {
  return { ...definition, run: (input, terminal) => definition.run(input as CommandInput<O>, terminal) };
}

/** The whole number of an option, or `otherwise` when it was not given. */
export function wholeNumber(
  name: string,
  given: string | undefined,
  limits: { otherwise: number; atMost: number },
): number {
  if (given === undefined) return limits.otherwise;
  const value = Number(given);
  if (/^\d{1,9}$/.test(given) && value >= 1 && value <= limits.atMost) return value;
  throw new UsageError(`--${name} ${given}: expected a whole number from 1 to ${limits.atMost}.`);
}

/** Does the same for each file; one that cannot be read is named, the others are still done, and the exit code is 2. */
export async function forEachFile(
  files: readonly string[],
  terminal: Terminal,
  work: (file: string) => Promise<void>,
): Promise<ExitCode> {
  let code: ExitCode = 0;
  for (const file of files) {
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

/** The share of an option, 0 to 1, or `otherwise` when it was not given. */
export function shareOption(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(given) && value <= 1) return value;
  throw new UsageError(`--${name} ${given}: expected a number from 0 to 1, such as ${otherwise}.`);
}

/** Whether a class is among those of an option; all are when it was not given. */
export function classesOf(given: string | undefined): (failureClass: FailureClass) => boolean {
  if (given === undefined) return () => true;
  const classes = given.split(',').map((name) => {
    const parsed = FailureClass.safeParse(name.trim());
    if (parsed.success) return parsed.data;
    throw new UsageError(`--class ${name}: unknown class. Choose one of ${FailureClass.options.join(', ')}.`);
  });
  return (failureClass) => classes.includes(failureClass);
}
