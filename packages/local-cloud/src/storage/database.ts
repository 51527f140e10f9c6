import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDiskFull } from '../disk-full.ts';

export type Database = DatabaseSync;

/** Another running process uses the state directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/** The state of an earlier runtime cannot be read. */
export class DamagedState extends Error {
  override readonly name = 'DamagedState';
  constructor(dataDir: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The state folder ${dataDir} is damaged (${why}). Move it away, or choose another one with --data.`, {
      cause,
    });
  }
}

/**
 * Opens the runtime's own state in `dataDir` and locks it until the process ends. The lock is the operating system's, so a killed
 * runtime leaves none behind.
 * Throws `DirectoryInUse`, naming the process, when another runtime has it; `DamagedState` when it cannot be read.
 */
export function openDatabase(dataDir: string): Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'state.db');
  // It holds messages and secrets: only this user may read it. SQLite gives its other files the same permissions.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const database = new DatabaseSync(file);
  const pidFile = join(dataDir, 'runtime.pid');
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    // Overwrites deleted rows, so that a deleted message does not stay in a free page.
    database.exec('PRAGMA secure_delete = ON;');
    database.exec('BEGIN EXCLUSIVE; COMMIT;');
  } catch (cause) {
    database.close();
    if (isDiskFull(cause))
      throw new Error(`The disk is full: the state folder ${dataDir} cannot be opened. Free some space.`, { cause });
    if (!(cause instanceof Error) || !/locked|busy/i.test(cause.message)) throw new DamagedState(dataDir, cause);
    const owner = readOwner(pidFile);
    throw new DirectoryInUse(
      `The state directory ${dataDir} is in use by another runtime${owner}. Stop that one, or choose another directory.`,
      { cause },
    );
  }
  const [check] = database.prepare('PRAGMA quick_check(1)').all();
  const found = Object.values(check ?? {})[0];
  if (found !== 'ok') {
    database.close();
    throw new DamagedState(dataDir, found);
  }
  writeFileSync(pidFile, String(process.pid));
  return database;
}

/** Runs `work` in one transaction and returns its result; on an error nothing is stored. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function readOwner(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8')})`;
  } catch {
    return '';
  }
}
