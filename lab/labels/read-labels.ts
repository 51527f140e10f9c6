import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';
import { parseJsonLines } from '#apps/workbench/input/json-lines.ts';

async function readRequired(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new InvalidInput(`${path}: the suite needs this file. Pass its folder with --data.`, {
      cause: error,
    });
  });
}

/** The bytes of a file, unpacked if it is gzipped. Reads the whole file: labelled cases are small. */
export async function readCaseBytes(dataDir: string, path: string): Promise<Buffer> {
  const bytes = await readRequired(join(dataDir, path));
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** The text of a file, unpacked if it is gzipped. Invalid UTF-8 becomes U+FFFD. */
export async function readCaseText(dataDir: string, path: string): Promise<string> {
  return (await readCaseBytes(dataDir, path)).toString('utf8');
}

/** Reads labels, one JSON object per line. Throws `InvalidInput` with file, line and reason. */
export async function readLabels<S extends z.ZodType>(dataDir: string, path: string, schema: S): Promise<z.infer<S>[]> {
  return parseJsonLines(await readCaseText(dataDir, path), schema, { file: join(dataDir, path), what: 'label' });
}

/** Lines that end with LF, and a last line without an end. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
