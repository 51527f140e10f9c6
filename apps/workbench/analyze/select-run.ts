import { UsageError } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { githubPagesOf } from '#shared/domain/incident/target-links.ts';
import type { FoundPullRequest, FoundRun, RunFinder } from '#shared/ports/run-finder.ts';
import type { AnalyzeOptions, NothingFailed } from './analysis.ts';
import { asking } from './github-problem.ts';

/** What to analyse: a run, the newest failed run of a pull request, or, without both, the newest one of the repository. */
export interface RunQuestion {
  readonly repository: string;
  readonly runId: number | null;
  /** Null: the latest attempt. */
  readonly attempt: number | null;
  /** A job of the run. */
  readonly jobId: number | null;
  readonly pullRequest: number | null;
}

export interface SelectedRun {
  readonly run: FoundRun;
  /** Ids of further failed runs of the pull request. */
  readonly otherFailedRuns: readonly number[];
}

type Named = Partial<Omit<RunQuestion, 'repository'>> & { readonly repository?: string };

const PLACE = /^\/([^/]+\/[^/]+)\/(?:actions\/runs\/(\d+)(?:\/attempts\/(\d+))?(?:\/job\/(\d+))?|pull\/(\d+))(?:\/|$)/;

/** The selection that the options make. Throws UsageError for missing or contradicting options and for an address on another host. */
export function questionOf(options: AnalyzeOptions, apiUrl: string, usualRepository: string | undefined): RunQuestion {
  const named = options.url === undefined ? {} : placeOf(options.url, apiUrl);
  const repository = options.repository ?? named.repository ?? usualRepository;
  if (!repository) throw new UsageError('Name the repository: --repo owner/name, or GITHUB_REPOSITORY.');
  if (!RepositoryName.safeParse(repository).success)
    throw new UsageError(`${repository} is not a repository: expected owner/name.`);
  if (named.repository !== undefined && named.repository.toLowerCase() !== repository.toLowerCase())
    throw new UsageError(`${options.url} is of ${named.repository}, not of ${repository}: leave out --repo.`);
  const runId = options.run ?? named.runId ?? null;
  const pullRequest = options.pullRequest ?? named.pullRequest ?? null;
  if (runId === null && pullRequest === null && options.latest !== true)
    throw new UsageError('Name a run: --run ID, --pr N, --latest, or its address.');
  if (runId !== null && options.latest === true) throw new UsageError('Give either --latest or a run, not both.');
  const { attempt = null, jobId = null } = named;
  return { repository, runId, attempt, jobId, pullRequest };
}

/** Parses the address of a run, job or pull request. Refuses another host, because the token is sent only to `apiUrl`. */
function placeOf(address: string, apiUrl: string): Named {
  const url = URL.parse(address);
  const pages = githubPagesOf(apiUrl);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${address} is no address of a run, a job or a pull request.`);
  if (url.origin !== pages)
    throw new UsageError(
      `${address} is not on ${pages}: for GitHub Enterprise Server set GITHUB_API_URL=${url.origin}/api/v3.`,
    );
  const [, repository, runId, attempt, jobId, pull] = PLACE.exec(url.pathname) ?? [];
  if (repository === undefined)
    throw new UsageError(`${address} is no address of a run, a job or a pull request: open one of them and copy it.`);
  // GitHub's pages add `?pr=N` when a run is opened from a pull request.
  const pullRequest = pull ?? (/^[1-9]\d{0,9}$/.exec(url.searchParams.get('pr') ?? '') ?? [])[0];
  return {
    repository,
    ...(runId === undefined ? {} : { runId: Number(runId) }),
    ...(attempt === undefined ? {} : { attempt: Number(attempt) }),
    ...(jobId === undefined ? {} : { jobId: Number(jobId) }),
    ...(pullRequest === undefined ? {} : { pullRequest: Number(pullRequest) }),
  };
}

/** Finds the failed run. Throws UsageError when there is no such run or pull request, or when the run is still in progress. */
export async function selectRun(question: RunQuestion, finder: RunFinder): Promise<SelectedRun | NothingFailed> {
  const { repository, runId, pullRequest } = question;
  if (runId !== null) return await namedRun(question, runId, finder);
  if (pullRequest !== null) return await runOfPullRequest(repository, pullRequest, finder);
  const run = await asking(
    { what: `list the runs of ${repository}`, right: 'Actions: read', missing: `There is no repository ${repository}` },
    () => finder.latestFailed(repository),
  );
  return run === null ? nothingFailed(repository, `No run of ${repository} failed.`) : { run, otherFailedRuns: [] };
}

const nothingFailed = (repository: string, message: string): NothingFailed => ({
  outcome: 'nothing-failed',
  repository,
  message,
});

async function namedRun(
  { repository, attempt, pullRequest }: RunQuestion,
  runId: number,
  finder: RunFinder,
): Promise<SelectedRun | NothingFailed> {
  const name = `run ${runId}${attempt === null ? '' : ` (attempt ${attempt})`} of ${repository}`;
  const request = { what: `read ${name}`, right: 'Actions: read', missing: `There is no ${name}` };
  const run = await asking(request, () => finder.run(repository, runId, attempt, pullRequest ?? undefined));
  if (pullRequest !== null && !run.pullRequests.includes(pullRequest)) {
    const pull = await findPullRequest(repository, pullRequest, finder);
    if (pull.headSha !== run.headSha)
      throw new UsageError(
        `Run ${runId} is not of pull request #${pullRequest}: it ran for commit ${short(run.headSha)}, and the newest of the pull request is ${short(pull.headSha)}.`,
      );
  }
  if (run.status !== 'completed')
    throw new UsageError(`Run ${runId} is not over (${run.status}): its logs can be read when it is. ${run.url}`);
  if (isFailure(run.conclusion)) return { run, otherFailedRuns: [] };
  return nothingFailed(repository, `Nothing failed: run ${runId} of ${repository} ended with ${run.conclusion}.`);
}

async function runOfPullRequest(
  repository: string,
  number: number,
  finder: RunFinder,
): Promise<SelectedRun | NothingFailed> {
  const name = `pull request #${number} of ${repository}`;
  const pull = await findPullRequest(repository, number, finder);
  const runs = await asking(
    { what: `list the runs of ${repository}`, right: 'Actions: read', missing: `There is no ${name}` },
    () => finder.runsOf(repository, pull),
  );
  const commit = short(pull.headSha);
  if (runs.length === 0) throw new UsageError(`No workflow ran on the newest commit (${commit}) of ${name}.`);
  const [run, ...others] = runs.filter(({ status, conclusion }) => status === 'completed' && isFailure(conclusion));
  if (run !== undefined) return { run, otherFailedRuns: others.map(({ id }) => id) };
  const open = runs.filter(({ status }) => status !== 'completed').length;
  return nothingFailed(
    repository,
    open === 0
      ? `Nothing failed: every run on the newest commit (${commit}) of ${name} passed or was skipped.`
      : `Nothing failed so far: ${open} of ${counted(runs.length, 'run')} on the newest commit (${commit}) of ${name} are not over.`,
  );
}

const findPullRequest = (repository: string, number: number, finder: RunFinder): Promise<FoundPullRequest> =>
  asking(
    {
      what: `read pull request #${number} of ${repository}`,
      right: 'Pull requests: read',
      missing: `There is no pull request #${number} of ${repository}`,
    },
    () => finder.pullRequest(repository, number),
  );

const short = (sha: string): string => sha.slice(0, 7);
