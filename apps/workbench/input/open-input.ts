import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { createGunzip } from 'node:zlib';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import { makeProgress } from '@selfheal/cli-kit/progress.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { type TextShape, textShapeOf } from './text-shape.ts';

/** The operand that means standard input. */
export const STANDARD_INPUT = '-';

/** An open text file: its unpacked bytes as a stream. */
export interface TextInput {
  readonly name: string;
  readonly shape: Exclude<TextShape, 'not-text'>;
  /** Throws `UsageError` when the gzip data is truncated or damaged. */
  readonly pieces: AsyncIterable<Buffer>;
}

const CHUNK_BYTES = 1 << 16;
/** Bytes at the beginning of a file that decide whether it is text. */
const SAMPLE_BYTES = 1 << 16;
/** No log compresses better. Checked from ten megabytes on, because a short log may be repetitive. */
const MAX_UNPACKED_RATIO = 300;
const MIN_BYTES_FOR_RATIO = 10_000_000;

/** Reads at least `least` bytes, or all there are; the rest stays in the iterator. */
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

/** Input from which on the heap is kept small: a short file is read sooner than its garbage would be collected. */
const MIN_BYTES_FOR_SMALL_HEAP = 4_000_000;
let isHeapSmall = false;

/** Chunks of files become garbage quickly; by default V8 would grow the heap by a hundred megabytes for them. */
function keepHeapSmall(): void {
  if (isHeapSmall) return;
  isHeapSmall = true;
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
}

async function* startThenRest(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (start.length > 0) yield start;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** The same pieces; V8 keeps its heap small when they are many. */
export async function* inSmallHeap<T extends Uint8Array>(pieces: AsyncIterable<T>): AsyncGenerator<T> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > MIN_BYTES_FOR_SMALL_HEAP) keepHeapSmall();
    yield piece;
  }
}

/** Unpacks gzip. Throws `UsageError` at a compression ratio that no log has (a decompression bomb). */
async function* unpacked(name: string, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytesIn = 0;
  let bytesOut = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of packed) {
      bytesIn += piece.length;
      yield piece;
    }
  }
  // The loop below receives errors of both streams, so the callback ignores them.
  const gunzip = pipeline(counted(), createGunzip({ chunkSize: CHUNK_BYTES }), () => {});
  for await (const piece of gunzip as AsyncIterable<Buffer>) {
    bytesOut += piece.length;
    if (bytesOut > MIN_BYTES_FOR_RATIO && bytesOut > bytesIn * MAX_UNPACKED_RATIO) {
      throw new UsageError(
        `${name}: unpacks to more than ${MAX_UNPACKED_RATIO} times its size, which no log does. If you trust the file, unpack it first.`,
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
    throw new UsageError(`${name}: this is a zip archive. Unpack it and pass the log files.`);
  }
}

/** The bytes of the file, unpacked if it is gzipped. */
async function openPieces(name: string, source: AsyncIterator<Buffer>): Promise<AsyncGenerator<Buffer>> {
  const raw = namingErrors(name, source);
  const start = await readStart(raw, 4);
  refuseOtherArchives(name, start);
  const whole = startThenRest(start, raw);
  return isGzip(start) ? namingErrors(name, unpacked(name, whole)) : whole;
}

/** The bytes of a file as it is read, packed or not; a file that takes long to read says how far it is. */
async function* readingOf(path: string, terminal: Pick<Terminal, 'say' | 'now'>): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  let progress: ((done: number) => void) | null = null;
  let bytes = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    yield piece;
    bytes += piece.length;
    progress ??= makeProgress(path, (await stat(path)).size, terminal);
    progress(bytes);
  }
}

/** Opens a file or standard input (`-`) and unpacks gzip, which it recognises by content. Throws `UsageError` for an empty or binary file. */
export async function openInput(path: string, terminal: Pick<Terminal, 'stdin' | 'say' | 'now'>): Promise<TextInput> {
  const isStandard = path === STANDARD_INPUT;
  const name = isStandard ? 'standard input' : path;
  const source = (isStandard ? terminal.stdin : readingOf(path, terminal))[Symbol.asyncIterator]();
  try {
    const pieces = await openPieces(name, source as AsyncIterator<Buffer>);
    const start = await readStart(pieces, SAMPLE_BYTES);
    if (start.length === 0) throw new UsageError(`${name}: the file is empty. Pass a file with text.`);
    const shape = textShapeOf(start.subarray(0, SAMPLE_BYTES));
    if (shape === 'not-text') throw new UsageError(`${name}: the file is not text. Pass a text file, gzipped or not.`);
    return { name, shape, pieces: inSmallHeap(startThenRest(start, pieces)) };
  } catch (error) {
    await source.return?.(undefined);
    throw error;
  }
}

/** Decodes the input in chunks. Invalid bytes become U+FFFD. */
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
  EISDIR: 'this is a folder. Pass the files in it.',
};

const GZIP_REASONS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the gzip data is truncated. Fetch the file again.',
  Z_DATA_ERROR: 'the gzip data is damaged. Fetch the file again.',
};

/** Turns a known error of reading the file `name` into a `UsageError` with a remedy; returns other errors unchanged. */
export function inputError(name: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const reason = SYSTEM_REASONS[code] ?? GZIP_REASONS[code];
  return reason === undefined ? error : new UsageError(`${name}: ${reason}`);
}
