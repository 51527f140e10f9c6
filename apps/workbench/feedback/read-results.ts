import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import type { NeededJob } from '@selfheal/pull-request-quality/domain/pull-request/pull-request-facts.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';

/** Where jobs leave their results. */
export const RESULTS_DIRECTORY = 'selfheal-results';
const MAX_FILES = 300;
const MAX_BYTES = 8_000_000;
const MAX_NAME = 100;

/** The folder of results inside an artifact that holds other files, too. */
const IN_ARTIFACT = /(?:^|[\\/])selfheal-results[\\/][^\\/]+\.json$/;

/**
 * The results of jobs in a folder and its subfolders, as artifacts are unpacked: where artifacts have a folder `selfheal-results`, those in it and those beside the artifacts, else every JSON file. A file that is
 * not a result is a broken one under its own name. The files come from jobs that ran code of the change: their texts are redacted here, whatever they say, and of several that claim to be
 * of the same job each is kept, under its artifact. Throws `UsageError` when the folder cannot be read.
 */
export async function readResults(directory: string): Promise<JobResult[]> {
  let files: string[];
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    // Not a link, which could lead to any file of the runner.
    const all = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
      .sort();
    const inside = all.filter((file) => IN_ARTIFACT.test(file));
    // A task of this very step has left its own beside the artifacts.
    files = inside.length > 0 ? [...inside, ...all.filter((file) => !/[\\/]/.test(file))] : all;
  } catch {
    throw new UsageError(
      `${directory} cannot be read: name the folder with the results of the jobs (--results), which actions/download-artifact unpacks.`,
    );
  }
  if (files.length > MAX_FILES) throw new UsageError(`${directory} has ${files.length} files: at most ${MAX_FILES}.`);
  const results = await Promise.all(files.map(async (file) => ({ file, result: await readResult(directory, file) })));
  const claims = Map.groupBy(results, ({ result }) => result.job);
  return results.map(({ file, result }) => {
    const isAlone = (claims.get(result.job) ?? []).length === 1;
    return isAlone ? result : { ...result, job: redactName(`${result.job} (${artifactOf(file)})`, MAX_NAME) };
  });
}

/** The artifact that a file lies in, or the file where there is none. */
const artifactOf = (file: string): string => file.split(/[\\/]/).find((part) => part !== RESULTS_DIRECTORY) ?? file;

/** Every text of a value, redacted; the keys are ours. */
function redactedTexts(value: unknown): unknown {
  if (typeof value === 'string') return redact(value).text;
  if (Array.isArray(value)) return value.map(redactedTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redactedTexts(one)]));
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
    value = redactedTexts(JSON.parse(await readFile(path, 'utf8')));
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
