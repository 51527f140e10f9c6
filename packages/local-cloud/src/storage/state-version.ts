import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of this runtime's own files: queues, executions, objects, tables. Another number when an older runtime could not go on with them. */
const RUNTIME_FORMAT = 1;

/** Who writes a state folder. */
export interface StateWriter {
  /** For people: `Selfheal 0.1.0`. */
  readonly name: string;
  /** Of the records that what is deployed keeps in its tables; another number when it cannot read older ones. */
  readonly recordFormat: number;
}

/** The state folder was written by a version that this one cannot go on with. */
export class OtherVersion extends Error {
  override readonly name = 'OtherVersion';
}

interface Written extends StateWriter {
  readonly runtimeFormat: number;
}

const UNNAMED: StateWriter = { name: 'the local cloud', recordFormat: 0 };
const FILE = 'version.json';
/** Without a version file, these show that an older runtime left state here. */
const STATE_FILES = ['state.db', 'executions', 'dynamodb'];

/**
 * Throws `OtherVersion` when somebody else's state is in `dataDir`: it names who wrote it and what to do. Reads only; a folder without
 * state is fine.
 */
export function checkStateVersion(dataDir: string, writer: StateWriter = UNNAMED): void {
  const file = join(dataDir, FILE);
  const found = existsSync(file) ? writtenBy(file) : null;
  if (found === null && !STATE_FILES.some((name) => existsSync(join(dataDir, name)))) return;
  if (found?.recordFormat === writer.recordFormat && found.runtimeFormat === RUNTIME_FORMAT) return;
  const own = formatOf({ ...writer, runtimeFormat: RUNTIME_FORMAT });
  const by = found === null ? 'a version that left no number' : `${found.name} (format ${formatOf(found)})`;
  throw new OtherVersion(
    `The state folder ${dataDir} was written by ${by}; this is ${writer.name} (format ${own}), which cannot go on with it. Nothing was changed. Start the version that wrote it, or move the folder away, or choose another one with --data.`,
  );
}

/** Writes who writes this state folder, unless that is there. */
export function claimStateFolder(dataDir: string, writer: StateWriter = UNNAMED): void {
  checkStateVersion(dataDir, writer);
  const file = join(dataDir, FILE);
  if (existsSync(file) && writtenBy(file) !== null) return;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { name, recordFormat } = writer;
  const written: Written = { name, recordFormat, runtimeFormat: RUNTIME_FORMAT };
  // Whole or not at all.
  writeFileSync(`${file}.new`, `${JSON.stringify(written)}\n`);
  renameSync(`${file}.new`, file);
}

const formatOf = ({ runtimeFormat, recordFormat }: Written): string => `${runtimeFormat}.${recordFormat}`;

/** Null when the file says nothing of the kind. */
function writtenBy(file: string): Written | null {
  try {
    const { name, recordFormat, runtimeFormat } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Written>;
    if (typeof name !== 'string' || typeof recordFormat !== 'number' || typeof runtimeFormat !== 'number') return null;
    return { name: name.slice(0, 100), recordFormat, runtimeFormat };
  } catch {
    return null;
  }
}
