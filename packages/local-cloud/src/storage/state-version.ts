import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Format of the runtime's own files: queues, executions, objects, tables. Raised when the runtime cannot read the older one. */
const RUNTIME_FORMAT = 1;

/** The program that writes a state folder. */
export interface StateWriter {
  /** Shown to people: `Selfheal 0.1.0`. */
  readonly name: string;
  /** Format of the records that the deployed program keeps in its tables; raised when a kind of record changes its shape. */
  readonly recordFormat: number;
  /** Older formats that it reads, too. */
  readonly readsFormats?: readonly number[];
}

/** The state folder was written by a version whose state this one cannot use. */
export class OtherVersion extends Error {
  override readonly name = 'OtherVersion';
}

interface Written extends Pick<StateWriter, 'name' | 'recordFormat'> {
  readonly runtimeFormat: number;
}

const UNNAMED: StateWriter = { name: 'the local cloud', recordFormat: 0 };
const FILE = 'version.json';
/** Without a version file, these show that the folder holds the state of an older runtime. */
const STATE_FILES = ['state.db', 'executions', 'dynamodb'];

/**
 * Throws `OtherVersion` when `dataDir` holds the state of another program or version; the message says which, and what to do. Only
 * reads. A folder without state is accepted.
 */
export function checkStateVersion(dataDir: string, writer: StateWriter = UNNAMED): void {
  const file = join(dataDir, FILE);
  const found = existsSync(file) ? writtenBy(file) : null;
  if (found === null && !STATE_FILES.some((name) => existsSync(join(dataDir, name)))) return;
  const readable = [writer.recordFormat, ...(writer.readsFormats ?? [])];
  if (found?.runtimeFormat === RUNTIME_FORMAT && readable.includes(found.recordFormat)) return;
  const own = formatOf({ ...writer, runtimeFormat: RUNTIME_FORMAT });
  if (found === null && existsSync(file))
    throw new OtherVersion(
      `The file ${file} in the state folder is damaged: it should say which version wrote the folder. Nothing was changed. Move the folder away, or choose another one with --data.`,
    );
  const by = found === null ? 'a version that left no number' : `${found.name} (format ${formatOf(found)})`;
  throw new OtherVersion(
    `The state folder ${dataDir} was written by ${by}; this is ${writer.name} (format ${own}), which cannot go on with it. Nothing was changed. Start the version that wrote it, or move the folder away, or choose another one with --data.`,
  );
}

/** Writes the version file, unless it is there. From then on a version of an older format refuses the folder. */
export function claimStateFolder(dataDir: string, writer: StateWriter = UNNAMED): void {
  checkStateVersion(dataDir, writer);
  const file = join(dataDir, FILE);
  if (existsSync(file) && writtenBy(file)?.recordFormat === writer.recordFormat) return;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { name, recordFormat } = writer;
  const written: Written = { name, recordFormat, runtimeFormat: RUNTIME_FORMAT };
  // A rename makes the write atomic.
  writeFileSync(`${file}.new`, `${JSON.stringify(written)}\n`);
  renameSync(`${file}.new`, file);
}

const formatOf = ({ runtimeFormat, recordFormat }: Written): string => `${runtimeFormat}.${recordFormat}`;

/** Null when the file names no version. */
function writtenBy(file: string): Written | null {
  try {
    const { name, recordFormat, runtimeFormat } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Written>;
    if (typeof name !== 'string' || typeof recordFormat !== 'number' || typeof runtimeFormat !== 'number') return null;
    return { name: name.slice(0, 100), recordFormat, runtimeFormat };
  } catch {
    return null;
  }
}
