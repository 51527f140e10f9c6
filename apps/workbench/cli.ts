import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Command, type ExitCode, type ParsedInput, UsageError } from '@selfheal/cli-kit/command.ts';
import { makeTerminal, ReaderGone, type Terminal } from '@selfheal/cli-kit/terminal.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { nearestValue } from '@selfheal/kernel/text/nearest-value.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { alsoWords, commandHelp, generalHelp } from './help.ts';

const VERSION_WORDS = new Set(['version', '--version', '-v']);
const HELP_WORDS = new Set(['help', '--help', '-h']);

/** The command that the arguments name, and the remaining arguments. */
function chooseCommand(args: readonly string[], commands: readonly Command[]): { command: Command; rest: string[] } {
  const named = commands
    .flatMap((command) =>
      [command.name, ...(command.aliases ?? [])].map((name) => ({ command, words: name.split(' ') })),
    )
    .filter(({ words }) => words.every((word, at) => args[at] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
  if (named !== undefined) return { command: named.command, rest: args.slice(named.words.length) };
  const [noun = ''] = args;
  const options = noun.startsWith('--') ? args.map((arg) => arg.split('=')[0] ?? '') : [];
  const implied = commands.find(({ impliedBy = [] }) => options.some((option) => impliedBy.includes(option)));
  if (implied !== undefined) return { command: implied, rest: [...args] };
  if (noun.startsWith('-'))
    throw new UsageError(`No command is named before "${noun}". "selfheal --help" lists the commands.`);
  const ofNoun = commands.map(({ name }) => name).filter((name) => name.split(' ')[0] === noun);
  const said = ofNoun.length > 0 ? args.slice(0, 2).join(' ') : noun;
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const meant =
    nearestValue(args.slice(0, 2).join(' '), names) ?? (ofNoun.length > 0 ? null : nearestValue(noun, names));
  if (meant !== null) throw new UsageError(`Unknown command "${said}"; did you mean "${meant}"?`);
  throw new UsageError(
    ofNoun.length > 0
      ? `Unknown command "${said}". Use one of: ${ofNoun.join(', ')}.`
      : `Unknown command "${said}". "selfheal --help" lists the commands.`,
  );
}

/** Parses options and operands. Errors keep the reason that `parseArgs` gives and point to the help text. */
function parse(command: Command, rest: string[]): ParsedInput & { help: boolean; notes: readonly string[] } {
  const hint = `see "selfheal ${command.name} --help"`;
  const { values, positionals, tokens } = parseOrSay(command, rest, hint);
  const { help, ...options } = values;
  const { atLeast, atMost, shown } = command.operands;
  if (help === true) return { operands: positionals, options: {}, help: true, notes: [] };
  if (positionals.length < atLeast) throw new UsageError(`"selfheal ${command.name}" needs ${shown}: ${hint}.`);
  const extra = positionals[atMost];
  if (extra !== undefined)
    throw new UsageError(
      `${wordAfterSwitch(command, rest, extra) ?? `"${extra}" is one argument too many${standsFor(command, rest)}`}: ${hint}.`,
    );
  return { operands: positionals, options, help: false, notes: overridden(command, tokens) };
}

function parseOrSay(command: Command, rest: string[], hint: string) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const [name, { type, multiple = false }] of Object.entries(command.options)) options[name] = { type, multiple };
  try {
    const args = withValues(command, withoutAliases(command, command.rewrite?.(rest) ?? rest));
    return parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\. |\.?\n/)[0] : 'The options cannot be read';
    throw new UsageError(`${missingValue(command, reason) ?? `${reason}${nearestOption(command, reason)}`}: ${hint}.`);
  }
}

/** The sentence about an option without its value, by the names that somebody may have typed; null where that is not the reason. */
function missingValue({ options }: Command, reason: string | undefined): string | null {
  const name = /^Option '--([^ ']+)[^']*' argument (?:missing|is ambiguous)/.exec(reason ?? '')?.[1];
  if (name === undefined) return null;
  const { value = 'VALUE', aliases = [] } = options[name] ?? {};
  const other = alsoWords(aliases);
  return `--${name}${other} needs ${value} after it`;
}

/** The option that somebody may have meant by an unknown one, as a part of the sentence; nothing where none is near. */
function nearestOption({ options, operands, impliedBy = [] }: Command, reason: string | undefined): string {
  const unknown = /^Unknown option '(--[^']+)'/.exec(reason ?? '')?.[1];
  if (unknown === undefined) return '';
  const aliases = Object.values(options).flatMap((option) => option.aliases ?? []);
  const names = [...Object.keys(options), ...aliases, ...(operands.aliases ?? [])].map((name) => `--${name}`);
  const meant = nearestValue(unknown, [...new Set([...names, ...impliedBy])]);
  return meant === null ? '' : `; did you mean ${meant}?`;
}

/** That an option among the arguments is an operand under another name, so that there are two of it. */
function standsFor({ operands: { aliases = [], shown } }: Command, args: readonly string[]): string {
  const given = aliases.find((alias) => args.some((arg) => arg.split('=')[0] === `--${alias}`));
  return given === undefined ? '' : `; --${given} stands for ${shown}, so give one of them`;
}

/** The sentence about the argument too many that stands behind a switch, where only yes or no may stand; null where it stands elsewhere. */
function wordAfterSwitch({ options }: Command, args: readonly string[], extra: string): string | null {
  const switches = Object.entries(options).flatMap(([name, { type, aliases = [] }]) =>
    type === 'boolean' ? [name, ...aliases].map((one) => `--${one}`) : [],
  );
  const at = args.findIndex((arg, place) => switches.includes(arg) && args[place + 1] === extra);
  return at === -1 ? null : `${args[at]} ${extra}: expected true or false, or nothing behind it`;
}

/** Of options that were given two values, of which the last counts: a sentence each, so that it does not win in silence. */
function overridden(
  { options }: Command,
  tokens: readonly { readonly kind: string; readonly name?: string; readonly value?: string | undefined }[],
): string[] {
  const values = new Map<string, string>();
  const notes: string[] = [];
  for (const { kind, name = '', value } of tokens) {
    const option = options[name];
    if (kind !== 'option' || value === undefined || option === undefined || option.multiple) continue;
    const before = values.get(name);
    values.set(name, value);
    if (before === undefined || before === value) continue;
    const { aliases = [] } = option;
    const other = alsoWords(aliases);
    notes.push(`selfheal: --${name}${other} is given twice: "${value}" counts, and "${before}" does not.`);
  }
  return notes;
}

/** The arguments with each option by its own name, and options that stand for an operand as operands. */
function withoutAliases({ options, operands }: Command, args: readonly string[]): string[] {
  const names = new Map(
    Object.entries(options).flatMap(([name, { aliases = [] }]) => aliases.map((alias) => [`--${alias}`, `--${name}`])),
  );
  const end = args.indexOf('--');
  const read = end === -1 ? args : args.slice(0, end);
  const own = read.flatMap((arg, at) => {
    const [name = '', ...values] = arg.split('=');
    if (operands.aliases?.includes(name.slice(2)) && name.startsWith('--')) {
      // Its value is the next argument, or follows the sign.
      if (values.length > 0) return [values.join('=')];
      if (at + 1 === read.length || read[at + 1]?.startsWith('--')) throw new Error(`Option '${name}' needs a value`);
      return [];
    }
    return [[names.get(name) ?? name, ...values].join('=')];
  });
  return end === -1 ? own : [...own, ...args.slice(end)];
}

const IS_ON: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  on: true,
  off: false,
};

/** What a word behind a switch says of it; null where it may be an operand of the command. */
function switchedBy(word: string, mayBeOperand: boolean): boolean | null {
  const said = word.toLowerCase();
  if (mayBeOperand && !['true', 'false'].includes(said)) return null;
  return Object.hasOwn(IS_ON, said) ? (IS_ON[said] ?? null) : null;
}

/** The arguments with `true` and `false`, `yes` and `no` behind a switch as the switch or nothing, and signed numbers as values of the option before them. */
function withValues({ options, operands: { atMost } }: Command, args: readonly string[]): string[] {
  const taken: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [arg = '', next = ''] = args.slice(at);
    if (arg === '--') return [...taken, ...args.slice(at)];
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const type = options[name]?.type;
    const isOn = type === 'boolean' ? switchedBy(value ?? next, value === undefined && atMost > 0) : null;
    if (isOn !== null) {
      if (isOn) taken.push(`--${name}`);
      if (value === undefined) at += 1;
    } else if (type === 'boolean' && value !== undefined)
      throw new Error(`--${name} ${value}: expected true or false, or nothing behind it`);
    else if (type === 'string' && value === undefined && SIGNED.test(next)) {
      taken.push(`${arg}=${next}`);
      at += 1;
    } else taken.push(arg);
  }
  return taken;
}

const SIGNED = /^[-+](?:\d+(?:\.\d+)?|\.\d+)$/;

const isCommand = (word: string, commands: readonly Command[]): boolean =>
  commands.some(({ name, aliases = [] }) => name === word || aliases.includes(word));

/** Help about a command, all commands of a noun, or a word of another document. */
async function helpAbout(
  words: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<ExitCode> {
  const [first = ''] = words;
  const ofNoun = commands.filter(({ name }) => name.startsWith(`${first} `));
  const named = isCommand(words.join(' '), commands) || isCommand(first, commands);
  if (named) {
    await terminal.write(commandHelp(chooseCommand(words, commands).command));
    return 0;
  }
  if (words.length === 1 && ofNoun.length > 0) {
    await terminal.write(generalHelp(ofNoun));
    return 0;
  }
  const asked = words.join(' ');
  const { findForeignWords, foreignDocuments } = await import('./coming-from.ts');
  const { default: variables } = await import('./environment-variables.json', { with: { type: 'json' } });
  const variable = asked.split('=')[0]?.toUpperCase() ?? '';
  const meaning = (variables as Readonly<Record<string, string>>)[variable];
  const found = [
    ...findForeignWords(asked, await foreignDocuments()),
    ...(meaning === undefined
      ? []
      : [{ word: variable, here: `an environment variable: ${meaning}.`, page: 'environment.md' }]),
  ];
  const mentions = commands.filter(({ name, summary, aliases = [] }) =>
    [name, summary, ...aliases].some((text) => text.toLowerCase().includes(asked.toLowerCase())),
  );
  if (found.length + mentions.length === 0)
    throw new UsageError(
      `Nothing here is called "${asked}". "selfheal --help" lists the commands, docs/guide/coming-from.md the words of other documents, docs/guide/api.md what the API answers.`,
    );
  const lines = found.map(({ word, here, page }) => `${word}: ${here} See docs/guide/${page}.`);
  const rows = mentions.map(({ name, summary }) => `  ${name}: ${summary}`);
  await terminal.write(`${[...lines, ...(rows.length === 0 ? [] : ['Commands:', ...rows])].join('\n')}\n`);
  return 0;
}

async function runChosen(args: readonly string[], commands: readonly Command[], terminal: Terminal): Promise<ExitCode> {
  const [first] = args;
  if (first === undefined) {
    terminal.say(generalHelp(commands).trimEnd());
    return 2;
  }
  if (HELP_WORDS.has(first) && args.length > 1) return await helpAbout(args.slice(1), commands, terminal);
  if (HELP_WORDS.has(first)) {
    await terminal.write(generalHelp(commands));
    return 0;
  }
  if (VERSION_WORDS.has(first)) {
    await terminal.write(`${packageFile.version}\n`);
    return 0;
  }
  const ofNoun = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (args.length === 2 && HELP_WORDS.has(args[1] ?? '') && ofNoun.length > 0 && !isCommand(first, commands)) {
    await terminal.write(generalHelp(ofNoun));
    return 0;
  }
  const { command, rest } = chooseCommand(args, commands);
  const { help, notes, ...input } = parse(command, rest);
  for (const note of notes) terminal.say(note);
  if (help) {
    await terminal.write(commandHelp(command));
    return 0;
  }
  try {
    return await command.run(input, terminal, commands);
  } catch (error) {
    throw error instanceof UsageError ? asTyped(error, command, rest) : error;
  }
}

/** The error with each option under the name by which it was typed. */
function asTyped(error: UsageError, { options }: Command, args: readonly string[]): UsageError {
  const typed = new Set(args.map((arg) => arg.split('=')[0]));
  const message = Object.entries(options).reduce((words, [name, { aliases = [] }]) => {
    const alias = typed.has(`--${name}`) ? undefined : aliases.find((one) => typed.has(`--${one}`));
    return alias === undefined ? words : words.replaceAll(new RegExp(`--${name}(?![\\w-])`, 'g'), `--${alias}`);
  }, error.message);
  return message === error.message ? error : new UsageError(message, { cause: error });
}

/** Runs one command line and returns the exit code. Bad usage or input prints one line on stderr and exits with 2. */
export async function runCli(
  args: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await runChosen(args, commands, terminal);
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (error instanceof UsageError || error instanceof InvalidInput) {
      terminal.say(`selfheal: ${error.message}`);
      return 2;
    }
    throw error;
  }
}

/** Runs the command line of this process with its arguments and streams, and sets its exit code. */
export async function runProcess(commands: readonly Command[]): Promise<void> {
  const { stdin, stdout, stderr, env, argv } = process;
  /** Milliseconds since the epoch, monotonic. */
  const now = (): number => performance.timeOrigin + performance.now();
  const terminal = makeTerminal({ stdin, stdout, stderr, environment: env, now });
  process.exitCode = await runCli(argv.slice(2), commands, terminal);
}
