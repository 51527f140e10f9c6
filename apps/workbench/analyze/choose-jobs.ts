import { UsageError } from '@selfheal/cli-kit/command.ts';
import { type JobName, jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import type { Job } from '#shared/ports/code-host.ts';

/** By default only these jobs are analysed, if one of them failed. */
const WATCHED_JOBS: readonly string[] = ['Backend Tests', 'Critical Security Checks'];

export type ChosenJobs =
  | { readonly kind: 'chosen'; readonly jobs: readonly Job[]; readonly unknown: readonly string[] }
  | { readonly kind: 'passed'; readonly message: string };

const MAX_LISTED = 30;

/**
 * The failed jobs to analyse: those selected by name or id, else the failed ones of the watched jobs, else every failed one. Throws UsageError
 * when no job has such a name, and when the run failed without a job.
 */
export function chooseJobs(
  jobs: readonly Job[],
  asked: { readonly names: readonly string[]; readonly jobId: number | null },
  runId: number,
): ChosenJobs {
  const failed = jobs.filter(({ conclusion }) => isFailure(conclusion));
  if (failed.length === 0)
    throw new UsageError(
      `Run ${runId} failed before a job did, so it has no log: its page says why, most often the workflow file.`,
    );
  const isAsked = askedBy(asked);
  if (isAsked === null) {
    const watched = failed.filter((job) => WATCHED_JOBS.some((name) => isNamed(job.name, name)));
    return { kind: 'chosen', jobs: watched.length > 0 ? watched : failed, unknown: [] };
  }
  const named = jobs.filter(isAsked);
  if (named.length === 0)
    throw new UsageError(
      asked.names.length > 0
        ? `Run ${runId} has no job ${quoted(asked.names)}. Its jobs: ${listed(jobs)}. Failed: ${listed(failed)}. Without a name every failed job is read.`
        : `Run ${runId} has no job ${asked.jobId}. Its jobs: ${listed(jobs)}. Failed: ${listed(failed)}.`,
    );
  const chosen = named.filter(({ conclusion }) => isFailure(conclusion));
  if (chosen.length === 0)
    return {
      kind: 'passed',
      message: `Nothing failed in ${listed(named)} of run ${runId}. Failed: ${listed(failed)}.`,
    };
  return {
    kind: 'chosen',
    jobs: chosen,
    unknown: asked.names.filter((name) => !jobs.some((job) => isNamed(job.name, name))),
  };
}

function askedBy({ names, jobId }: { names: readonly string[]; jobId: number | null }): ((job: Job) => boolean) | null {
  if (names.length > 0) return (job) => names.some((name) => isNamed(job.name, name));
  return jobId === null ? null : (job) => job.id === jobId;
}

/** A job of a matrix is found by its name without the values, too: `test` is `test (20)` and `test (22)`. */
function isNamed(name: JobName, asked: string): boolean {
  const wanted = jobNameOf(asked);
  return name.ref.equals(wanted.ref) || name.shown.startsWith(`${wanted.shown} (`);
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' or ');

function listed(jobs: readonly Job[]): string {
  const names = jobs.slice(0, MAX_LISTED).map(({ name }) => `"${name.shown}"`);
  const more = jobs.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
