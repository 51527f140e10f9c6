import { type FileHandle, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import { type LogSource, type Look, MAX_LOOK_BYTES, type SourceLine } from './log-source.ts';

const FEED = 10;
/** The rest of a longer line is another line. */
const MAX_LINE_BYTES = 1024 * 1024;

const Position = z.object({ inode: z.string(), offset: z.number().int().nonnegative() });
type Position = z.infer<typeof Position>;
const Positions = z.object({ version: z.literal(1), files: z.record(z.string(), Position) });

export interface FileSourceOptions {
  /** Keeps how far the files were read, so that a later start goes on there. Null: a start begins at the end of each file. */
  readonly stateFile: string | null;
  /** Reads files that were never read before from their beginning. */
  readonly fromStart: boolean;
  /** Service of a file; null for the one that the command was given. */
  readonly serviceOf?: (file: string) => string | null;
}

/**
 * Follows files. One that was renamed is read to its end before the new one of its name (rotation by rename); one that became shorter is read from its
 * beginning (rotation by truncation). A file that is not there yet is waited for.
 */
export async function openFileSource(files: readonly string[], options: FileSourceOptions): Promise<LogSource> {
  const known = options.stateFile === null ? {} : await readPositions(options.stateFile);
  const tails = files.map((file) => makeTail(file, known[file] ?? null, options.fromStart));
  return {
    name: files.length === 1 ? (files[0] ?? '') : `${files.length} files`,
    async read(): Promise<Look> {
      const lines: SourceLine[] = [];
      const notes: string[] = [];
      for (const [at, tail] of tails.entries()) {
        const look = await tail.read(Math.ceil(MAX_LOOK_BYTES / tails.length));
        const service = options.serviceOf?.(files[at] ?? '') ?? null;
        const attributes = { 'log.file.path': files[at] ?? '' };
        for (const text of look.texts) lines.push({ service, at: null, text, attributes });
        notes.push(...look.notes);
      }
      return { lines, notes };
    },
    async commit() {
      if (options.stateFile === null) return;
      const positions = files.flatMap((file, at) => {
        const position = tails[at]?.position() ?? null;
        return position === null ? [] : [[file, position] as const];
      });
      // Whole or not at all: a crash leaves the former.
      await writeFile(`${options.stateFile}.new`, JSON.stringify({ version: 1, files: Object.fromEntries(positions) }));
      await rename(`${options.stateFile}.new`, options.stateFile);
    },
    close: async () => void (await Promise.all(tails.map((tail) => tail.close()))),
  };
}

async function readPositions(file: string): Promise<Readonly<Record<string, Position>>> {
  try {
    return Positions.parse(JSON.parse(await readFile(file, 'utf8'))).files;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new Error(`${file} is no state of "selfheal log forward": remove it to begin anew.`, { cause: error });
  }
}

function makeTail(path: string, kept: Position | null, fromStart: boolean) {
  let handle: FileHandle | null = null;
  let inode = '';
  let offset = 0;
  let rest = Buffer.alloc(0);
  let isFirst = true;
  let isMissing = false;
  /** The partial line at the last look, which is taken as a line when nothing follows. */
  let restBefore = -1;

  async function attach(): Promise<string[]> {
    const found = await stat(path, { bigint: true }).catch(() => null);
    if (found === null || !found.isFile()) {
      const note = isMissing ? [] : [`${path} is not there yet.`];
      isMissing = true;
      isFirst = isFirst && kept !== null;
      return note;
    }
    handle = await open(path, 'r');
    inode = String(found.ino);
    const size = Number(found.size);
    const isKept = kept !== null && isFirst && kept.inode === inode && kept.offset <= size;
    // A file that appeared while it was waited for, or that took the place of another, is new from its beginning.
    offset = isKept ? kept.offset : isFirst && kept === null && !fromStart ? size : 0;
    isFirst = false;
    isMissing = false;
    return [];
  }

  async function takeFrom(file: FileHandle, most: number): Promise<string[]> {
    const texts: string[] = [];
    let taken = 0;
    while (taken < most) {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(Math.min(262_144, most - taken)),
        0,
        undefined,
        offset,
      );
      if (bytesRead === 0) break;
      offset += bytesRead;
      taken += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let from = 0;
      for (let feed = rest.indexOf(FEED); feed >= 0; feed = rest.indexOf(FEED, from)) {
        texts.push(rest.toString('utf8', from, feed).replace(/\r$/, ''));
        from = feed + 1;
      }
      rest = rest.subarray(from);
      if (rest.length > MAX_LINE_BYTES) texts.push(takeRest());
    }
    return texts;
  }

  function takeRest(): string {
    const text = rest.toString('utf8');
    rest = Buffer.alloc(0);
    return text;
  }

  return {
    async read(most: number): Promise<{ readonly texts: readonly string[]; readonly notes: readonly string[] }> {
      const notes: string[] = [];
      if (handle === null) notes.push(...(await attach()));
      if (handle === null) return { texts: [], notes };
      const texts: string[] = [];
      if (Number((await handle.stat()).size) < offset) {
        notes.push(`${path} was truncated: reading it from its beginning.`);
        offset = 0;
        rest = Buffer.alloc(0);
      }
      texts.push(...(await takeFrom(handle, most)));
      const now = await stat(path, { bigint: true }).catch(() => null);
      const isAtEnd = Number((await handle.stat()).size) === offset;
      if (isAtEnd && (now === null || String(now.ino) !== inode)) {
        if (rest.length > 0) texts.push(takeRest());
        await handle.close();
        handle = null;
        if (now !== null) {
          notes.push(`${path} was rotated: reading the new file.`);
          notes.push(...(await attach()));
          if (handle !== null) texts.push(...(await takeFrom(handle, most)));
        }
      } else if (rest.length > 0 && restBefore === offset) texts.push(takeRest());
      restBefore = offset;
      return { texts, notes };
    },
    position: (): Position | null => (handle === null ? null : { inode, offset: offset - rest.length }),
    close: async () => await handle?.close(),
  };
}

/** `orders` for `/var/log/orders.log.1`. */
export const serviceOfFile = (file: string): string => basename(file).replace(/\.(?:log|txt|out)(?:\.\d+)?$/i, '');
