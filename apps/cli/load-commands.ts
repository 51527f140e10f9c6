import type { Command } from '@selfheal/cli-kit/command.ts';

/** Words that need no command: see `runCli`. */
const VERSION = /^(?:version|--version|-v)$/;
const WORD = /^[a-z][a-z-]{0,29}$/;
/** Writes about all commands, and so needs them. */
const ABOUT_ALL = 'completion';

const HELP = /^(?:help|--help|-h)$/;

interface Listed {
  readonly name: string;
  readonly operands: string;
  readonly summary: string;
  readonly aliases?: readonly string[];
}

/** Commands of which only what the help text lists is known. */
async function listedCommands(): Promise<readonly Command[]> {
  const { default: list } = await import('./command-list.json', { with: { type: 'json' } });
  return (list as readonly Listed[]).map((listed) => ({
    ...listed,
    operands: { shown: listed.operands, atLeast: 0, atMost: 0 },
    options: {},
    run: () => Promise.reject(new Error(`"${listed.name}" was loaded for the help text only.`)),
  }));
}

/** The table in `requests` with the commands of a noun, where it has not the noun's own name. */
const TABLES: Readonly<Record<string, string>> = {
  key: 'access',
  user: 'access',
  event: 'received',
  log: 'received',
  knowledge: 'learning',
};
const OTHERS = 'operation';

/** Whether only the list of commands was asked for: of all, or of a noun. */
const asksForList = ([first, second, ...more]: readonly string[]): boolean =>
  first === undefined || HELP.test(first) || (WORD.test(first) && HELP.test(second ?? '') && more.length === 0);

/**
 * The command that the arguments begin with, loaded alone because all together take several times as long; every
 * command where none is named like its file. None for the version, and only what is listed for the help text about several.
 */
export async function loadCommands(args: readonly string[]): Promise<readonly Command[]> {
  const [first = '', second = ''] = args;
  if (VERSION.test(first)) return [];
  const words = [first, second].filter((word) => WORD.test(word));
  for (const file of first === words[0] && first !== ABOUT_ALL ? [words.join('-'), first] : []) {
    const name = file.replace('-', ' ');
    const command = (await loadFile(file)) ?? (name.includes(' ') ? await loadRow(first, name) : null);
    if (command?.name === name) return [command];
  }
  if (asksForList(args)) {
    const listed = await listedCommands();
    // Of a command under another name, the help text needs its options.
    const isOther = listed.some(({ name, aliases = [] }) => name === first || aliases.includes(first));
    if (!isOther || words.length === 0) return listed;
  }
  return (await import('./commands/registry.ts')).COMMANDS;
}

/** Null where there is no such file; one that cannot be loaded fails again with the registry, and says why. */
async function loadFile(name: string): Promise<Command | null> {
  try {
    const module = (await import(`./commands/${name}.ts`)) as Readonly<Record<string, unknown>>;
    return (Object.values(module).find(isCommand) as Command | undefined) ?? null;
  } catch {
    return null;
  }
}

/** Null where the tables that may have the command do not; one that cannot be loaded fails again with the registry, and says why. */
async function loadRow(noun: string, name: string): Promise<Command | null> {
  for (const table of [TABLES[noun] ?? noun, OTHERS]) {
    try {
      const module = (await import(`./requests/${table}.ts`)) as Readonly<Record<string, unknown>>;
      const rows = Object.values(module).flatMap((value) => (Array.isArray(value) ? (value as Command[]) : []));
      const row = rows.find((one) => one.name === name);
      if (row !== undefined) return row;
    } catch {
      // There is no table of this name.
    }
  }
  return null;
}

const isCommand = (value: unknown): boolean => typeof value === 'object' && value !== null && 'operands' in value;
