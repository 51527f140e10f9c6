import { appendFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EEXIST: 'a file stands where a folder is needed',
  ENOTDIR: 'a file stands where a folder is needed',
  ENOENT: 'its folder cannot be made here',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
};

/** Names what was to be written, and why it could not be: somebody has to name another place. */
export function unwritable(path: string, error: unknown, option?: string): InvalidInput {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  const given = option === undefined ? path : `${option} ${path}`;
  return new InvalidInput(`${given}: cannot be written: ${reason === undefined ? message : `${reason} (${code})`}.`, {
    cause: error,
  });
}

/**
 * Makes a folder and those above it. Node's recursive `mkdir` tries for ever where a folder exists and takes no other (`/proc`); this one throws
 * the error of the file system.
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const folder = resolve(path);
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  if (found === null && dirname(folder) !== folder) await makeFolder(dirname(folder), mode);
  await mkdir(folder, { mode }).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have made it between look and make.
    const isThere = error.code === 'EEXIST' && (await stat(folder).catch(() => null))?.isDirectory();
    if (isThere !== true) throw error;
  });
}

/**
 * Writes a file that somebody named, and makes its folder. `option` (`--out`) says in the message of an error where the name comes from. Throws
 * `InvalidInput` when it cannot be written.
 */
export async function writeOutput(path: string, text: string, option?: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFile(path, text);
  } catch (error) {
    throw unwritable(path, error, option);
  }
}

/** Writes files, by their names, into a folder that somebody named. Throws `InvalidInput` when one cannot be written. */
export async function writeOutputs(
  folder: string,
  files: Readonly<Record<string, string>>,
  option?: string,
): Promise<void> {
  try {
    await makeFolder(folder);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  } catch (error) {
    throw unwritable(folder, error, option);
  }
}

/** Adds to a file of the runner, such as `GITHUB_OUTPUT`. Throws `InvalidInput` when it cannot be written; `variable` names it. */
export async function appendOutput(path: string, text: string, variable: string): Promise<void> {
  await appendFile(path, text).catch((error: unknown) => {
    throw unwritable(path, error, variable);
  });
}
