import { InvalidInput } from '#shared/kernel/errors.ts';
import { type ExitCode, UsageError } from './command.ts';
import type { Terminal } from './terminal.ts';

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
