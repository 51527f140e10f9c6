import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';

/** Options of a command whose result becomes a part of the comment on the pull request. */
export const RESULT_OPTIONS = {
  results: {
    type: 'string',
    value: 'DIR',
    about: 'leave the facts for the comment of the pull request in this folder, which "selfheal feedback post" reads',
  },
  job: { type: 'string', value: 'NAME', about: 'the name of the job in these facts; GITHUB_JOB by default' },
} as const;

type Result = Pick<JobResult, 'status' | 'facts'> & { readonly summary: string };

/** The facts of a job as a file of the folder of results, by its name. */
export function resultFile(name: string, job: string, { status, summary, facts }: Result): Record<string, string> {
  const words = { job: redactName(job, 100), summary: redactName(summary, 500) };
  const result = JobResult.parse({ version: 1, ...words, status, facts });
  const file = `${name.replaceAll(/[^\w.]+/g, '-').replace(/-$/, '')}.json`;
  return { [file]: `${JSON.stringify(result, null, 2)}\n` };
}

/** Leaves the facts of a job in the folder `--results`, if there is one. Throws `InvalidInput` when they cannot be written. */
export async function leaveResult(
  options: { readonly results?: string | undefined; readonly job?: string | undefined },
  what: string,
  result: Result,
  { environment }: Pick<Terminal, 'environment'>,
): Promise<void> {
  if (options.results === undefined) return;
  // Two commands of one job leave two files.
  const name = options.job ? `${options.job} ${what}` : what;
  const file = resultFile(name, options.job || environment.GITHUB_JOB || what, result);
  await writeOutputs(options.results, file, '--results');
}
