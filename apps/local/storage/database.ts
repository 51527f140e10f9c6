import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Database = DatabaseSync;

/** The state directory belongs to a running process. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/**
 * Opens the runtime's own state in `dataDir` and holds it until the process ends, however it ends: the lock is the
 * operating system's, so that a killed runtime leaves none behind.
 * Throws `DirectoryInUse` naming the process when another runtime has it.
 */
export function openDatabase(dataDir: string): Database {
  mkdirSync(dataDir, { recursive: true });
  const database = new DatabaseSync(join(dataDir, 'state.db'));
  const pidFile = join(dataDir, 'runtime.pid');
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec('BEGIN EXCLUSIVE; COMMIT;');
  } catch (cause) {
    database.close();
    if (!(cause instanceof Error) || !/locked|busy/i.test(cause.message)) throw cause;
    const owner = readOwner(pidFile);
    throw new DirectoryInUse(
      `The state directory ${dataDir} is in use by another runtime${owner}. Stop that one, or choose another directory.`,
      { cause },
    );
  }
  writeFileSync(pidFile, String(process.pid));
  return database;
}

/** Runs `work` in one transaction; its result, or nothing at all, is on disk afterwards. */
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
