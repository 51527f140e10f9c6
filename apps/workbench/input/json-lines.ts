import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';
import { openInput, textOf } from './open-input.ts';

/** One line of a text with its number, from 1; `value` is null when the line is not JSON. */
export interface JsonRow {
  readonly line: number;
  readonly value: unknown;
}

/** Parses JSON Lines; skips blank lines. */
export function jsonRows(text: string): JsonRow[] {
  return text.split('\n').flatMap((row, at) => (row.trim() === '' ? [] : [{ line: at + 1, value: parseJson(row) }]));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * Parses records, one JSON object per line. Throws `InvalidInput` with file, line and field at the first invalid line, so that no command works
 * on part of a file. `what` names a record in that message.
 */
export function parseJsonLines<T extends z.ZodType>(
  text: string,
  schema: T,
  { file, what }: { readonly file: string; readonly what: string },
): z.infer<T>[] {
  return jsonRows(text).map(({ line, value }) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const problem = parsed.error.issues[0];
    const where = problem === undefined || problem.path.length === 0 ? '' : `${problem.path.join('.')}: `;
    throw new InvalidInput(`${file}, line ${line}: not a valid ${what} (${where}${problem?.message ?? 'not JSON'}).`);
  });
}

/** Reads a file with `parseJsonLines`. */
export async function jsonLinesIn<T extends z.ZodType>(
  path: string,
  schema: T,
  what: string,
  terminal: Terminal,
): Promise<z.infer<T>[]> {
  const input = await openInput(path, terminal);
  let text = '';
  for await (const piece of textOf(input)) text += piece;
  return parseJsonLines(text, schema, { file: input.name, what });
}
