import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '@selfheal/kernel/present.ts';
import { COMMANDS } from '#apps/cli/commands/registry.ts';

/** What the help text lists, in a file, because loading every command takes ten times as long. `npm run commands` writes it; a test compares it. */
export const COMMAND_LIST = 'apps/cli/command-list.json';

/** Each command with its operands and summary, and its other names where it has any. */
export function listCommands(): string {
  const listed = COMMANDS.map(({ name, operands, summary, aliases }) => ({
    ...{ name, operands: operands.shown, summary },
    ...present({ aliases }),
  }));
  return `${JSON.stringify(listed, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '..', COMMAND_LIST), listCommands());
