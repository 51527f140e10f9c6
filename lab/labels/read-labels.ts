import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type * as z from 'zod';
import { parseJsonLines } from '#apps/cli/input/json-lines.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';

async function readRequired(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new InvalidInput(`${path}: the suite needs this file. Name its folder with --data.`, {
      cause: error,
    });
  });
}

/** A file's bytes, unpacked when it is gzipped. For labelled cases, which are small. */
export async function readCaseBytes(dataDir: string, path: string): Promise<Buffer> {
  const bytes = await readRequired(join(dataDir, path));
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** The same as text; invalid UTF-8 becomes the replacement character. */
export async function readCaseText(dataDir: string, path: string): Promise<string> {
  return (await readCaseBytes(dataDir, path)).toString('utf8');
}

/** Reads labels, one JSON object per line. Throws `InvalidInput` naming the file, the line and the reason. */
export async function readLabels<S extends z.ZodType>(dataDir: string, path: string, schema: S): Promise<z.infer<S>[]> {
  return parseJsonLines(await readCaseText(dataDir, path), schema, { file: join(dataDir, path), what: 'label' });
}

/** Lines ended by LF; a last line without one counts. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
