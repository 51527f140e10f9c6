import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where a command reads and writes. Results go to stdout, everything else to stderr. */
export interface Terminal {
  readonly stdin: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Whether stdout shows colours: it is a terminal, and NO_COLOR (https://no-color.org) is not set. */
  readonly coloured: boolean;
  /**
   * Writes to stdout; resolves when more may be written. Control characters are removed from text; bytes are written unchanged. Throws
   * `ReaderGone` when the reader has closed the pipe.
   */
  write(piece: string | Uint8Array): Promise<void>;
  /** Prints one line on stderr. */
  say(message: string): void;
  /** Whether the person at the terminal answers yes. False without a terminal, where nothing is asked. */
  ask(question: string): Promise<boolean>;
}

/** The reader of stdout closed the pipe (`| head`). This is not a failure. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

const CODES = { red: 31, green: 32, yellow: 33 } as const;
export type Colour = keyof typeof CODES;

/** The text in a colour, to be written as bytes: `write` removes control characters from text. */
export const paint = (text: string, colour: Colour): string => `\u001b[${CODES[colour]}m${text}\u001b[0m`;

/** Removes control characters, which only come from logs: our own texts contain none. */
const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (one) => (one === '\n' || one === '\t' ? one : ''));

export interface TerminalStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

/** Makes a terminal from streams. `write` waits while the reader is slower than the command. */
export function makeTerminal({ stdin, stdout, stderr, environment, now }: TerminalStreams): Terminal {
  const coloured =
    (stdout as { isTTY?: boolean }).isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  let gone: Error | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    gone = error.code === 'EPIPE' ? new ReaderGone('stdout was closed') : error;
  });
  const writable = async (): Promise<void> => {
    if (gone === undefined && stdout.writableNeedDrain) await once(stdout, 'drain').catch(() => {});
    if (gone !== undefined) throw gone;
  };
  return {
    stdin,
    environment,
    now,
    pause: async (milliseconds, signal) => {
      await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        if (signal?.aborted !== true) throw error;
      });
    },
    coloured,
    async write(piece) {
      await writable();
      stdout.write(typeof piece === 'string' ? harmless(piece) : piece);
      await writable();
    },
    say: (message) => {
      stderr.write(`${harmless(message)}\n`);
    },
    async ask(question) {
      if ((stdin as { isTTY?: boolean }).isTTY !== true || (stderr as { isTTY?: boolean }).isTTY !== true) return false;
      const reader = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(?:es)?$/i.test((await reader.question(harmless(question))).trim());
      } finally {
        reader.close();
      }
    },
  };
}

const BATCH_LENGTH = 1 << 16;

/** Writes many small pieces in batches. */
export async function writeTogether(
  terminal: Terminal,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  let pending = '';
  for await (const piece of pieces) {
    pending += piece;
    if (pending.length < BATCH_LENGTH) continue;
    await terminal.write(pending);
    pending = '';
  }
  await terminal.write(pending);
}
