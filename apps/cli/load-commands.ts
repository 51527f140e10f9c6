import type { Command } from './command.ts';

/** Words that need no command: see `runCli`. */
const VERSION = /^(?:version|--version|-v)$/;
const WORD = /^[a-z][a-z-]{0,29}$/;
/** Writes about all commands, and so needs them. */
const ABOUT_ALL = 'completion';

/**
 * The command that the arguments begin with, loaded alone because all together take several times as long; every
 * command where none is named like its file. None for the version.
 */
export async function loadCommands(args: readonly string[]): Promise<readonly Command[]> {
  const [first = '', second = ''] = args;
  if (VERSION.test(first)) return [];
  const words = [first, second].filter((word) => WORD.test(word));
  for (const file of first === words[0] && first !== ABOUT_ALL ? [words.join('-'), first] : []) {
    const command = await loadFile(file);
    if (command?.name === file.replace('-', ' ')) return [command];
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

const isCommand = (value: unknown): boolean => typeof value === 'object' && value !== null && 'operands' in value;
