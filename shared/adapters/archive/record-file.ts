import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';
import { makeFolder, unwritable } from '../system/output-files.ts';

/** Whether a file does not exist. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

/**
 * The record in a file; `empty` when there is no such file yet. Throws `InvalidInput` when it is something else than `what`, or of another
 * version of Selfheal.
 */
export async function readRecordFile<T extends z.ZodType<{ readonly version: number }>>(
  path: string,
  schema: T,
  empty: z.infer<T>,
  what: string,
): Promise<z.infer<T>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw new InvalidInput(`${path} cannot be read as a ${what}. Name another file, or move this one away.`, {
      cause: error,
    });
  });
  if (text === null) return empty;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const found = versionIn(text);
    if (found !== null && found !== empty.version)
      throw new InvalidInput(
        `${path} is a ${what} of version ${found}; this Selfheal reads version ${empty.version}. It was not changed. Use the Selfheal that wrote it, name another file, or move this one away.`,
        { cause },
      );
    throw new InvalidInput(`${path} is not a valid ${what}. Name another file, or move this one away.`, { cause });
  }
}

function versionIn(text: string): number | null {
  try {
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return typeof version === 'number' ? version : null;
  } catch {
    return null;
  }
}

/** Atomic: a reader never sees half a file. Throws `InvalidInput` when it cannot be written. */
export async function replaceFile(path: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}
