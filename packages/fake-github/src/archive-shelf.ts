import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '@selfheal/fake-server/collection.ts';

/** Log archives by key. Equal archives are stored once and used by many runs. */
export interface ArchiveShelf {
  get(key: string): Buffer | undefined;
  put(key: string, bytes: Buffer): void;
}

export function makeArchiveShelf(dataDir?: string): ArchiveShelf {
  const held = new Map<string, Buffer>();
  const directory = dataDir === undefined ? null : join(dataDir, 'github/archives');
  if (directory !== null) mkdirSync(directory, { recursive: true });
  const fileOf = (key: string) => (directory === null ? null : join(directory, `${encodeURIComponent(key)}.zip`));
  return {
    get(key) {
      const file = fileOf(key);
      const bytes = held.get(key) ?? (file !== null && existsSync(file) ? readFileSync(file) : undefined);
      if (bytes !== undefined) held.set(key, bytes);
      return bytes;
    },
    put(key, bytes) {
      const file = fileOf(key);
      if (file !== null) replaceFile(file, bytes);
      held.set(key, bytes);
    },
  };
}
