import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { JobName } from '@selfheal/log-reading/logs/job-name.ts';
import type { JobHistory, JobResult } from '@selfheal/log-reading/logs/telemetry.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeHost, Job, JobAttempt, Run } from '#shared/ports/code-host.ts';
import type { PartReader } from './part.ts';

export type HistoryHost = Pick<CodeHost, 'listJobAttempts' | 'listCommitRuns' | 'listDefaultBranchRuns'>;

/** Other runs of the workflow: on the default branch, and on the failed run's commit. */
export interface RunsElsewhere {
  readonly branch: readonly Run[];
  readonly commit: readonly Run[];
  /** Jobs of every attempt, by run id; only for runs whose conclusion does not determine each job's result. */
  readonly jobs: ReadonlyMap<number, readonly JobAttempt[]>;
}

const BRANCH_RUNS = 20;
const COMMIT_RUNS = 10;
/** How many failed or repeated runs of each kind have their jobs read. */
const BRANCH_LOOKS = 5;
const COMMIT_LOOKS = 3;
const MAX_JOBS = 8;
const MAX_RESULTS = 40;

/** When a run passed at the first attempt, so did all its jobs; the jobs of other runs must be read. */
const needsLook = ({ conclusion, attempt }: Run): boolean => conclusion !== 'success' || attempt > 1;

/** Makes at most ten requests in addition to the two lists. */
export async function readElsewhere(
  target: RunTarget,
  codeHost: HistoryHost,
  part: PartReader,
): Promise<RunsElsewhere> {
  const { repository, workflowId, runId } = target;
  const [branch, commit] = await Promise.all([
    part(
      phrase`recent runs of the default branch`,
      () => codeHost.listDefaultBranchRuns(repository, workflowId, BRANCH_RUNS),
      [],
    ),
    part(phrase`other runs on the commit`, () => codeHost.listCommitRuns(repository, target, COMMIT_RUNS), []),
  ]);
  const isOther = ({ id }: Run): boolean => id !== runId;
  const own = commit.filter((run) => !isOther(run) && run.attempt > 1);
  const looks = [
    ...own,
    ...branch.filter((run) => isOther(run) && needsLook(run)).slice(0, BRANCH_LOOKS),
    ...commit.filter((run) => isOther(run) && needsLook(run)).slice(0, COMMIT_LOOKS),
  ];
  const ids = [...new Set(looks.map(({ id }) => id))];
  const found = await Promise.all(
    ids.map(async (id) => {
      const jobs = await part(phrase`jobs of earlier runs`, () => codeHost.listJobAttempts(repository, id), []);
      return [id, jobs] as const;
    }),
  );
  return { branch, commit, jobs: new Map(found) };
}

/** Results of the job in each known attempt of a run, without attempts in which it was skipped, cancelled or not read. */
function resultsOf(run: Run, name: JobName, jobs: RunsElsewhere['jobs']): JobResult[] {
  const attempts = jobs.get(run.id);
  if (attempts === undefined)
    return needsLook(run) ? [] : [{ runId: run.id, attempt: run.attempt, passed: run.conclusion === 'success' }];
  return attempts
    .filter((job) => job.name.ref.equals(name.ref) && job.conclusion !== null)
    .filter(({ conclusion }) => conclusion === 'success' || isFailure(conclusion))
    .map(({ runId, attempt, conclusion }) => ({ runId, attempt, passed: conclusion === 'success' }));
}

/** Durations of runs that passed at the first attempt, in seconds, newest first. */
export function usualSecondsOf(branch: readonly Run[]): number[] {
  const passed = branch.filter(({ conclusion, attempt }) => conclusion === 'success' && attempt === 1);
  return passed
    .map(({ startedAt, updatedAt }) => Math.round((Date.parse(updatedAt) - Date.parse(startedAt)) / 1000))
    .filter((seconds) => seconds >= 0);
}

const newestFirst = (a: JobResult, b: JobResult): number => b.runId - a.runId || b.attempt - a.attempt;

/** Results of each failed job in other runs, without the failed attempt itself. */
export function historiesOf(
  failed: readonly Job[],
  { runId, runAttempt }: RunTarget,
  { branch, commit, jobs }: RunsElsewhere,
): JobHistory[] {
  const isNow = (result: JobResult): boolean => result.runId === runId && result.attempt === runAttempt;
  const read = (runs: readonly Run[], name: JobName): JobResult[] =>
    runs
      .flatMap((run) => resultsOf(run, name, jobs))
      .filter((result) => !isNow(result))
      .sort(newestFirst)
      .slice(0, MAX_RESULTS);
  return failed.slice(0, MAX_JOBS).map(({ id, name }) => ({
    jobId: id,
    sameCommit: read(commit, name),
    defaultBranch: read(
      branch.filter((run) => run.id !== runId),
      name,
    ),
  }));
}
