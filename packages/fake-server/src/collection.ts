import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedFile, parseStateFile } from './damaged-file.ts';

/** Values by id. With a directory, each is kept in its own file and read again after a restart. */
export interface Collection<T> {
  get(id: string | number): T | undefined;
  /** Inserts or replaces. */
  put(id: string | number, value: T): void;
  /** Does nothing when there is none. */
  remove(id: string | number): void;
  /** In order of first insertion; after a restart in order of ids. */
  all(): T[];
  readonly size: number;
}

const byNumber = new Intl.Collator('en', { numeric: true });

export function makeCollection<T>(dataDir: string | undefined, name: string): Collection<T> {
  const values = new Map<string, T>();
  const directory = dataDir === undefined ? null : join(dataDir, name);
  if (directory !== null) {
    mkdirSync(directory, { recursive: true });
    for (const file of readdirSync(directory).sort(byNumber.compare)) {
      if (!file.endsWith('.json')) continue;
      const path = join(directory, file);
      const id = idOf(file, path);
      values.set(id, parseStateFile<T>(readFileSync(path, 'utf8'), path, `${id} of ${name}`));
    }
  }
  return {
    get: (id) => values.get(String(id)),
    put(id, value) {
      values.set(String(id), value);
      if (directory !== null)
        replaceFile(join(directory, `${encodeURIComponent(String(id))}.json`), JSON.stringify(value));
    },
    remove(id) {
      values.delete(String(id));
      if (directory !== null) rmSync(join(directory, `${encodeURIComponent(String(id))}.json`), { force: true });
    },
    all: () => [...values.values()],
    get size() {
      return values.size;
    },
  };
}

function idOf(file: string, path: string): string {
  try {
    return decodeURIComponent(file.slice(0, -'.json'.length));
  } catch (cause) {
    throw new DamagedFile(path, 'what it held', cause);
  }
}

export function replaceFile(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
