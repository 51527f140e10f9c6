import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as z from 'zod';
import { InvalidInput } from '#shared/kernel/errors.ts';

/** Whether a file was not there. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

/** The record in a file; `empty` when there is no such file yet. Throws `InvalidInput` when it is something else than `what`. */
export async function readRecordFile<T extends z.ZodType>(
  path: string,
  schema: T,
  empty: z.infer<T>,
  what: string,
): Promise<z.infer<T>> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return empty;
    throw new InvalidInput(`${path}: it is no ${what}: name another file, or take this one away.`, { cause: error });
  }
}

/** Whole or not at all: a reader never sees half a file. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
