import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  makeRepositoryFiles,
  type ReadRepositoryFile,
  type RepositoryFiles,
} from '@selfheal/reports/normal-form/repository-path.ts';
import { UnreadableReport, WHOLE_REPORT } from '@selfheal/reports/normal-form/unreadable-report.ts';

const PIECE_BYTES = 1 << 16;
/** More is unpacked of no report: a gzip bomb would keep the reader busy for hours. */
const MAX_UNPACKED_BYTES = 8_000_000_000;
/** What reports in folders are called. */
const REPORT_NAME = /\.(?:xml|trx|sarif|json|jsonl|info|out|lcov|txt)(?:\.gz)?$/i;
const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__']);
const MAX_FILES = 10_000;
const MAX_REPOSITORY_FILES = 200_000;

/**
 * The files that an argument means: itself, or all files in a folder and below that are named like reports, in the order of their names. Throws
 * `UnreadableReport` when there are none.
 */
export async function reportFilesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw fileProblem(path, error);
  });
  if (!found.isDirectory()) return [path];
  const files: string[] = [];
  await collect(path, files);
  if (files.length > 0) return files.sort();
  throw new UnreadableReport(
    'no file in this folder is named like a report',
    'Pass the report files (.xml, .trx, .json, .sarif, .info, .out)',
    WHOLE_REPORT,
    path,
  );
}

async function collect(folder: string, files: string[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (files.length >= MAX_FILES)
      throw new UnreadableReport(`more than ${MAX_FILES} files`, 'Pass a smaller folder', WHOLE_REPORT, folder);
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) await collect(path, files);
    else if (entry.isFile() && REPORT_NAME.test(entry.name)) files.push(path);
  }
}

/** The bytes of a report file, unpacked when it is gzipped. Throws `UnreadableReport` with the file's name when it cannot be read. */
export const readReportFile = (path: string): AsyncGenerator<Uint8Array> =>
  readReportStream(path, createReadStream(path, { highWaterMark: PIECE_BYTES }));

/** The same of a stream; `name` is that of errors. */
export async function* readReportStream(name: string, source: Readable): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const first = await pieces.next();
    const start = first.done === true ? Buffer.alloc(0) : first.value;
    const whole = startThenRest(start, pieces);
    if (start[0] !== 0x1f || start[1] !== 0x8b) {
      yield* whole;
      return;
    }
    // The loop below receives errors of both streams, so the callback ignores them.
    const gunzip = pipeline(whole, createGunzip({ chunkSize: PIECE_BYTES }), () => {});
    let bytes = 0;
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MAX_UNPACKED_BYTES)
        throw new UnreadableReport('it unpacks to more than 8 GB', 'No report is that long', WHOLE_REPORT, name);
      yield piece;
    }
  } catch (error) {
    throw fileProblem(name, error);
  } finally {
    source.destroy();
  }
}

async function* startThenRest(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const REASONS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOENT: ['no such file', 'Check the path, and whether the tool that writes it was run'],
  ENOTDIR: ['no such file', 'Check the path'],
  EACCES: ['permission denied', 'Check its permissions'],
  EPERM: ['permission denied', 'Check its permissions'],
  EISDIR: ['this is a folder', 'Pass the files in it'],
  Z_BUF_ERROR: ['the gzip data is truncated', 'Fetch the file again'],
  Z_DATA_ERROR: ['the gzip data is damaged', 'Fetch the file again'],
};

/** A known error of reading the file as `UnreadableReport`; other errors unchanged. */
function fileProblem(name: string, error: unknown): unknown {
  const [problem, remedy] = REASONS[(error as NodeJS.ErrnoException | null)?.code ?? ''] ?? [];
  return problem === undefined || remedy === undefined
    ? error
    : new UnreadableReport(problem, remedy, WHOLE_REPORT, name);
}

/**
 * The files below `root`, listed when the first is asked for; null when `root` is no checkout (it has no `.git`). Folders of packages and build
 * results of others are left out; of a very large repository the files beyond 200,000.
 */
export function filesOfRepository(root: string): RepositoryFiles | null {
  if (!existsSync(join(root, '.git'))) return null;
  let known: RepositoryFiles | null = null;
  const files = (): RepositoryFiles => {
    known ??= makeRepositoryFiles(walk(root), repositoryFileReader(root));
    return known;
  };
  return {
    has: (path) => files().has(path),
    endingIn: (end) => files().endingIn(end),
    ofGoPackage: (importPath, name) => files().ofGoPackage(importPath, name),
  };
}

/** Reads files below `root`. */
export function repositoryFileReader(root: string): ReadRepositoryFile {
  return (path) => {
    try {
      return readFileSync(join(root, path), 'utf8');
    } catch {
      return null;
    }
  };
}

function* walk(root: string): Generator<string> {
  const folders = [''];
  for (let count = 0; folders.length > 0; ) {
    const folder = folders.pop() ?? '';
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) folders.push(path);
      else if (entry.isFile()) {
        count += 1;
        if (count > MAX_REPOSITORY_FILES) return;
        yield path;
      }
    }
  }
}
