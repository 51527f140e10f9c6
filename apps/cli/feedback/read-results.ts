import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { JobResult } from '#shared/domain/pull-request/job-result.ts';
import type { NeededJob } from '#shared/domain/pull-request/pull-request-facts.ts';
import { redactName } from '#shared/domain/redaction/redact.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import { UsageError } from '../command.ts';

/** Where jobs leave their results. */
export const RESULTS_DIRECTORY = 'selfheal-results';
const MAX_FILES = 300;
const MAX_BYTES = 8_000_000;
const MAX_NAME = 100;

/**
 * The results of jobs in a folder and its subfolders, as artifacts are unpacked. A file that is not one is a broken result under its own name.
 * Throws `UsageError` when the folder cannot be read.
 */
export async function readResults(directory: string): Promise<JobResult[]> {
  let files: string[];
  try {
    const entries = await readdir(directory, { recursive: true });
    files = entries.filter((file) => file.endsWith('.json')).sort();
  } catch {
    throw new UsageError(
      `${directory} cannot be read: name the folder with the results of the jobs (--results), which actions/download-artifact unpacks.`,
    );
  }
  if (files.length > MAX_FILES) throw new UsageError(`${directory} has ${files.length} files: at most ${MAX_FILES}.`);
  return await Promise.all(files.map((file) => readResult(directory, file)));
}

async function readResult(directory: string, file: string): Promise<JobResult> {
  const path = join(directory, file);
  const broken = (problem: string): JobResult => ({
    version: 1,
    job: redactName(basename(file, '.json'), MAX_NAME),
    status: 'broken',
    summary: redactName(`Its result ${file} cannot be used: ${problem}`, 400),
    facts: [],
  });
  let value: unknown;
  try {
    if ((await stat(path)).size > MAX_BYTES) return broken(`it is larger than ${MAX_BYTES} bytes.`);
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return broken(error instanceof SyntaxError ? 'it is not JSON.' : 'it cannot be read.');
  }
  const parsed = JobResult.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return broken(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'invalid'}.`);
}

const Needs = z.record(
  z.string(),
  z.object({
    result: z.enum(['success', 'failure', 'cancelled', 'skipped']),
    outputs: z.record(z.string(), z.string()).default({}),
  }),
);
type Needs = z.infer<typeof Needs>;

/** How the jobs before this one ended, by their names. Empty without a text. */
export function neededJobs(text: string | undefined): NeededJob[] {
  return Object.entries(parseNeeds(text)).map(([job, { result }]) => ({
    job: redactName(job, MAX_NAME) || phrase`job`,
    result,
  }));
}

/** `toJSON(needs)` of the workflow, with the outputs of the jobs. Throws `UsageError` for anything else. */
export function parseNeeds(text: string | undefined): Needs {
  if (text === undefined || text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError('--needs is not JSON: give it $' + '{{ toJSON(needs) }}.');
  }
  const parsed = Needs.safeParse(value);
  if (!parsed.success) throw new UsageError('--needs is not what toJSON(needs) gives: each job with its result.');
  return parsed.data;
}
