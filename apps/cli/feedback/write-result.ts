import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JobResult } from '#shared/domain/pull-request/job-result.ts';
import { redactName } from '#shared/domain/redaction/redact.ts';
import { UsageError } from '../command.ts';

/** Options of a command whose result becomes a part of the comment on the pull request. */
export const RESULT_OPTIONS = {
  result: { type: 'string', value: 'FILE', about: 'write the facts for the comment of the pull request' },
  job: { type: 'string', value: 'NAME', about: 'the name of the job in these facts; GITHUB_JOB by default' },
} as const;

/** Writes the facts of a job (`--result`). Throws `UsageError` when the file cannot be written. */
export async function writeResult(
  path: string,
  job: string,
  { status, summary, facts }: Pick<JobResult, 'status' | 'facts'> & { readonly summary: string },
): Promise<void> {
  const result: JobResult = {
    version: 1,
    job: redactName(job, 100),
    status,
    summary: redactName(summary, 500),
    facts,
  };
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--result ${path}: cannot be written (${reason}).`, { cause });
  }
}
