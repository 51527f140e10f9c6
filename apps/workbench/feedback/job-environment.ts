import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { ReportedRun } from '@selfheal/pull-request-quality/domain/pull-request/render-report.ts';
import * as z from 'zod';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { githubPagesOf } from '#shared/domain/incident/target-links.ts';
import { apiUrlOf } from '../analyze/github-environment.ts';
import { readRunOrigin } from '../input/run-origin.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the options say; the environment says the rest. */
export interface RunOptions {
  readonly repository?: string | undefined;
  readonly pullRequest?: number | undefined;
  readonly headSha?: string | undefined;
  readonly runId?: number | undefined;
}

export interface JobRun {
  readonly run: ReportedRun;
  /** Null for a run that is of no pull request. */
  readonly pullRequest: number | null;
  /** Whether the pull request comes from another repository, so that the token may only read. */
  readonly fromFork: boolean;
  /** Whether this run follows one of a pull request that the event does not name: GitHub names none of a fork. */
  readonly isUnnamed: boolean;
}

const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/**
 * The run that this job belongs to, from the variables of GitHub Actions and the event that started it. Throws `UsageError` when something is
 * missing or contradicts itself.
 */
export function jobRunOf(options: RunOptions, environment: Environment): JobRun {
  const { GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_WORKFLOW, GITHUB_SHA } = environment;
  const repository = options.repository ?? GITHUB_REPOSITORY ?? '';
  if (!RepositoryName.safeParse(repository).success)
    throw new UsageError('Name the repository: --repo owner/name, or GITHUB_REPOSITORY.');
  const origin = readRunOrigin(environment);
  if (origin.problem !== null && options.headSha === undefined) throw new UsageError(origin.problem);
  const pullRequest = options.pullRequest ?? origin.pullRequest;
  const isOwn = pullRequest !== null && pullRequest === origin.pullRequest;
  const headSha = options.headSha ?? (isOwn ? origin.headSha : null) ?? GITHUB_SHA ?? '';
  if (!Sha.safeParse(headSha).success)
    throw new UsageError('Name the commit of the pull request: --sha SHA (40 hexadecimal digits), or GITHUB_SHA.');
  const runId = options.runId ?? origin.followed?.run ?? Number(GITHUB_RUN_ID);
  if (!Number.isSafeInteger(runId) || runId < 1)
    throw new UsageError('Name the run whose results these are: --run ID, or GITHUB_RUN_ID.');
  const attempt = origin.followed?.run ? origin.followed.attempt : Number(GITHUB_RUN_ATTEMPT ?? 1);
  return {
    run: {
      repository,
      runId,
      attempt: Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 1,
      workflow: GITHUB_WORKFLOW || 'checks',
      headSha,
      serverUrl: serverOf(environment),
    },
    pullRequest,
    fromFork: isOwn && origin.isReadOnly,
    isUnnamed: pullRequest === null && origin.followed?.run != null && origin.kind === 'proposal',
  };
}

function serverOf(environment: Environment): string {
  const pages = githubPagesOf(apiUrlOf(environment));
  const server = URL.parse(environment.GITHUB_SERVER_URL ?? '');
  return server === null || !/^https?:$/.test(server.protocol) ? pages : server.origin;
}
