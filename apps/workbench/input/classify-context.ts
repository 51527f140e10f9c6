import { readFile } from 'node:fs/promises';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { ClassifyContext } from '@selfheal/diagnosis/failure/classify.ts';
import * as z from 'zod';
import { inputError } from './open-input.ts';

const Count = z.number().int().nonnegative().default(0);

/** Optional facts about the run that wrote the log. */
const ContextFile = z.object({
  /** Attempt number of the run, 1 for the first. */
  attempt: z.number().int().positive().default(1),
  /** Conclusions of the newest completed runs on the default branch, newest first. */
  defaultBranchConclusions: z.array(z.string()).max(1000).default([]),
  /** The same job's other attempts on the same commit. */
  sameCommit: z.object({ failures: Count, successes: Count }).optional(),
  /** Results of the failed tests on the default branch, newest first; true is passed. */
  tests: z
    .array(z.object({ name: z.string(), passed: z.array(z.boolean()).max(1000) }))
    .max(1000)
    .optional(),
});

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw inputError(path, error);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path}: this is not JSON. "selfheal log classify --help" shows the format.`);
  }
}

/** Reads the context file of `log classify`. Reports unknown fields and ignores them. Throws `UsageError` for an invalid file. */
export async function readClassifyContext(
  path: string,
  terminal: Pick<Terminal, 'say'>,
): Promise<Pick<ClassifyContext, 'history'>> {
  const value = await readJson(path);
  const parsed = ContextFile.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'the document';
    throw new UsageError(`${path}: ${where}: ${issue?.message ?? 'invalid'}. See "selfheal log classify --help".`);
  }
  const ignored = Object.keys(value as object).filter((key) => !(key in ContextFile.shape));
  if (ignored.length > 0) terminal.say(`selfheal: ${path}: unknown fields are ignored: ${ignored.join(', ')}.`);
  return { history: parsed.data };
}
