import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { SourceTree } from '@selfheal/patch-guard/apply-patch.ts';

/** A folder with more entries is not a checkout, but probably a wrong path. */
const MAX_ENTRIES = 200_000;
/** Folders that are not under version control. */
const LEFT_OUT = new Set(['.git', 'node_modules']);

/** The files below a directory with their Git modes. Does not follow links. Throws `UsageError` when `root` is not a directory or too large. */
export function directoryTree(root: string): SourceTree {
  const modes = new Map<string, string>();
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(root, folder)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && LEFT_OUT.has(entry.name)) continue;
      if (entry.isDirectory()) waiting.push(path);
      modes.set(path, entry.isDirectory() ? '040000' : entry.isSymbolicLink() ? '120000' : fileMode(join(root, path)));
      if (modes.size > MAX_ENTRIES)
        throw new UsageError(`${root}: more than ${MAX_ENTRIES} entries. Pass the root of one checkout.`);
    }
  }
  return { modes, contentOf: (path) => (modes.get(path) === '100644' ? textOf(join(root, path)) : null) };
}

function entriesOf(root: string, folder: string) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (folder !== '') throw error;
    throw new UsageError(`${root}: cannot be read as a folder. Pass the root of a checkout.`, { cause: error });
  }
}

const fileMode = (path: string): string => ((lstatSync(path).mode & 0o111) === 0 ? '100644' : '100755');

function textOf(path: string): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
