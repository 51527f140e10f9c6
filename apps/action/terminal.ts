import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { TaskInput } from './task.ts';

/** What code that serves the command line, too, prints, goes to the log of the step. `environment` adds to that of the step. */
export function terminalOf(
  { environment, inputs, clock, say }: TaskInput,
  more: Readonly<Record<string, string | undefined>> = {},
): Terminal {
  return {
    stdin: Readable.from([]),
    environment: { ...environment, GITHUB_TOKEN: inputs.token, ...more },
    now: () => clock.now().getTime(),
    pause: async (milliseconds) => {
      await pause(milliseconds);
    },
    coloured: false,
    ask: async () => false,
    write: async (piece) => say(typeof piece === 'string' ? piece.trimEnd() : Buffer.from(piece).toString().trimEnd()),
    say,
  };
}

/** Runs `work` with a text as a file, for what reads files alone; null stays null. */
export async function withTextFile<T>(text: string | null, work: (file: string | undefined) => Promise<T>): Promise<T> {
  if (text === null) return await work(undefined);
  const folder = await mkdtemp(join(tmpdir(), 'selfheal-'));
  try {
    const file = join(folder, 'text');
    await writeFile(file, text);
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
