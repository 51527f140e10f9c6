import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes. Results go to stdout, everything else to stderr. */
export interface Terminal {
  readonly stdin: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Writes to stdout; resolves when more may be written. A text is for people: what would steer their terminal is left out. Bytes are
   * written as they are. Throws `ReaderGone` when nobody reads any more.
   */
  write(piece: string | Uint8Array): Promise<void>;
  /** One line on stderr. */
  say(message: string): void;
}

/** The reader of stdout closed it (`| head`): there is nothing left to do, and nothing is wrong. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/** Escape sequences and other control characters come from logs; none of ours uses one. */
const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (one) => (one === '\n' || one === '\t' ? one : ''));

export interface TerminalStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

/** A terminal on streams; writing waits while the reader is slower than the command. */
export function makeTerminal({ stdin, stdout, stderr, environment, now }: TerminalStreams): Terminal {
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
    async write(piece) {
      await writable();
      stdout.write(typeof piece === 'string' ? harmless(piece) : piece);
      await writable();
    },
    say: (message) => {
      stderr.write(`${harmless(message)}\n`);
    },
  };
}

const CHARACTERS_AT_ONCE = 1 << 16;

/** Writes small pieces as they come, many at once. */
export async function writeTogether(
  terminal: Terminal,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  let pending = '';
  for await (const piece of pieces) {
    pending += piece;
    if (pending.length < CHARACTERS_AT_ONCE) continue;
    await terminal.write(pending);
    pending = '';
  }
  await terminal.write(pending);
}
