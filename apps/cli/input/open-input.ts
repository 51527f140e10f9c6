import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { type TextShape, textShapeOf } from './text-shape.ts';

/** The operand that means standard input. */
export const STANDARD_INPUT = '-';

/** A file of text that is being read: unpacked bytes, piece by piece, first to last. */
export interface TextInput {
  readonly name: string;
  readonly shape: Exclude<TextShape, 'not-text'>;
  /** Throws `UsageError` when the file breaks off or is damaged. */
  readonly pieces: AsyncIterable<Buffer>;
}

const READ_AT_ONCE = 1 << 16;
/** First bytes that identify the kind of a file. */
const LOOKED_AT = 1 << 16;
/** No log packs tighter; looked at from ten megabytes on, since a short one may well repeat itself. */
const MAX_UNPACKED_RATIO = 300;
const RATIO_LOOKED_AT_FROM = 10_000_000;

/** Bytes of the source up to `least`, or all there are; the rest stays in the iterator. */
async function readStart(pieces: AsyncIterator<Buffer>, least: number): Promise<Buffer> {
  const start: Buffer[] = [];
  let length = 0;
  while (length < least) {
    const next = await pieces.next();
    if (next.done === true) break;
    start.push(next.value);
    length += next.value.length;
  }
  return Buffer.concat(start);
}

async function* startThenRest(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (start.length > 0) yield start;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Unpacks gzip, stopping at what is packed far tighter than a log can be. */
async function* unpacked(name: string, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytesIn = 0;
  let bytesOut = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of packed) {
      bytesIn += piece.length;
      yield piece;
    }
  }
  // An error of either side comes out of the iteration below.
  const gunzip = pipeline(counted(), createGunzip({ chunkSize: READ_AT_ONCE }), () => {});
  for await (const piece of gunzip as AsyncIterable<Buffer>) {
    bytesOut += piece.length;
    if (bytesOut > RATIO_LOOKED_AT_FROM && bytesOut > bytesIn * MAX_UNPACKED_RATIO) {
      throw new UsageError(
        `${name}: unpacks to more than ${MAX_UNPACKED_RATIO} times its size, unlike any log. If you trust it, unpack it first.`,
      );
    }
    yield piece;
  }
}

async function* namingErrors(name: string, pieces: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  } catch (error) {
    throw inputError(name, error);
  } finally {
    await pieces.return?.();
  }
}

function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

function refuseOtherArchives(name: string, start: Buffer): void {
  if (start.toString('latin1', 0, 4) === 'PK\u0003\u0004') {
    throw new UsageError(`${name}: a zip archive. Unpack it and name the logs in it.`);
  }
}

/** The file's own bytes, or what its gzip data unpacks to. */
async function openPieces(name: string, source: Readable): Promise<AsyncGenerator<Buffer>> {
  const raw = namingErrors(name, source[Symbol.asyncIterator]() as AsyncIterator<Buffer>);
  const start = await readStart(raw, 4);
  refuseOtherArchives(name, start);
  const whole = startThenRest(start, raw);
  return isGzip(start) ? namingErrors(name, unpacked(name, whole)) : whole;
}

/** Opens a file (`-`: standard input), unpacks gzip by its content, and refuses what is empty or no text. */
export async function openInput(path: string, terminal: Pick<Terminal, 'stdin'>): Promise<TextInput> {
  const isStandard = path === STANDARD_INPUT;
  const name = isStandard ? 'standard input' : path;
  const source = isStandard ? terminal.stdin : createReadStream(path, { highWaterMark: READ_AT_ONCE });
  try {
    const pieces = await openPieces(name, source);
    const start = await readStart(pieces, LOOKED_AT);
    if (start.length === 0) throw new UsageError(`${name}: empty. Name a file with a log.`);
    const shape = textShapeOf(start.subarray(0, LOOKED_AT));
    if (shape === 'not-text') throw new UsageError(`${name}: not text. Name a log or a gzipped log.`);
    return { name, shape, pieces: startThenRest(start, pieces) };
  } catch (error) {
    source.destroy();
    throw error;
  }
}

/** The input's text in chunks of any size; bytes that are no valid text become the replacement character. */
export async function* textOf(input: TextInput): AsyncGenerator<string> {
  const decoder = new TextDecoder(input.shape);
  for await (const piece of input.pieces) yield decoder.decode(piece, { stream: true });
  const last = decoder.decode();
  if (last !== '') yield last;
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file. Check the path.',
  ENOTDIR: 'no such file. Check the path.',
  EACCES: 'permission denied. Check its permissions.',
  EPERM: 'permission denied. Check its permissions.',
  EISDIR: 'a folder. Name the files in it.',
};

const GZIP_REASONS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the gzip data is truncated. Fetch the file again.',
  Z_DATA_ERROR: 'the gzip data is damaged. Fetch the file again.',
};

/** What reading a file failed with, as one line that names the file and the way out; other errors come back as they are. */
export function inputError(name: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const reason = SYSTEM_REASONS[code] ?? GZIP_REASONS[code];
  return reason === undefined ? error : new UsageError(`${name}: ${reason}`);
}
