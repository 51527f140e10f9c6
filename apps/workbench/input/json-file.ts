import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type * as z from 'zod';
import { openInput, textOf } from './open-input.ts';

const MAX_LENGTH = 64_000_000;

/** Reads one JSON document. Throws `UsageError` with file and field when it does not match the schema; `what` names the document. */
export async function jsonIn<T extends z.ZodType>(
  path: string,
  schema: T,
  what: string,
  terminal: Terminal,
): Promise<z.infer<T>> {
  const input = await openInput(path, terminal);
  let text = '';
  for await (const piece of textOf(input)) {
    text += piece;
    if (text.length > MAX_LENGTH) {
      throw new UsageError(`${input.name}: longer than ${MAX_LENGTH} characters, too long for a ${what}.`);
    }
  }
  const parsed = schema.safeParse(parse(text, input.name));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new UsageError(`${input.name}: not a valid ${what} (${where}${issue?.message ?? 'invalid'}).`);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name}: this is not JSON (${error instanceof Error ? error.message : 'invalid'}).`);
  }
}
