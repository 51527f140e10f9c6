import type * as z from 'zod';
import { UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { openInput, textOf } from './open-input.ts';

/**
 * Reads a file of records, one JSON object a line; blank lines are skipped. Throws `UsageError` naming file, line and field for a line
 * that is none: nothing is reported on half of a file. `what`: the record with its article, for that message.
 */
export async function jsonLinesIn<T extends z.ZodType>(
  path: string,
  schema: T,
  what: string,
  terminal: Terminal,
): Promise<z.infer<T>[]> {
  const input = await openInput(path, terminal);
  let text = '';
  for await (const piece of textOf(input)) text += piece;
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const parsed = schema.safeParse(parseJson(line));
    if (parsed.success) return [parsed.data];
    const problem = parsed.error.issues[0];
    const where = problem === undefined || problem.path.length === 0 ? '' : `${problem.path.join('.')}: `;
    throw new UsageError(
      `${input.name}, line ${at + 1}: it is no ${what} (${where}${problem?.message ?? 'not JSON'}).`,
    );
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
