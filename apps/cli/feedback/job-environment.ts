import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { githubPagesOf } from '#shared/domain/incident/target-links.ts';
import type { ReportedRun } from '#shared/domain/pull-request/render-report.ts';
import { apiUrlOf } from '../analyze/github-environment.ts';
import { UsageError } from '../command.ts';

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
}

const Repository = z.object({ full_name: z.string() });
const PullRequestEvent = z.object({
  pull_request: z.object({
    number: z.number().int().positive(),
    head: z.object({ sha: z.string(), repo: Repository.nullable() }),
    base: z.object({ repo: Repository }),
  }),
});
const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/**
 * The run that this job belongs to, from the variables of GitHub Actions and the event that started it. Throws `UsageError` when something is
 * missing or contradicts itself.
 */
export async function jobRunOf(options: RunOptions, environment: Environment): Promise<JobRun> {
  const { GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_WORKFLOW, GITHUB_SHA } = environment;
  const repository = options.repository ?? GITHUB_REPOSITORY ?? '';
  if (!RepositoryName.safeParse(repository).success)
    throw new UsageError('Name the repository: --repo owner/name, or GITHUB_REPOSITORY.');
  const event = await pullRequestEvent(environment);
  const pullRequest = options.pullRequest ?? event?.number ?? null;
  const own = event !== null && event.number === pullRequest ? event : null;
  const headSha = options.headSha ?? own?.headSha ?? GITHUB_SHA ?? '';
  if (!Sha.safeParse(headSha).success)
    throw new UsageError('Name the commit of the pull request: --sha SHA (40 hexadecimal digits), or GITHUB_SHA.');
  const runId = options.runId ?? Number(GITHUB_RUN_ID);
  if (!Number.isSafeInteger(runId) || runId < 1)
    throw new UsageError('Name the run whose results these are: --run ID, or GITHUB_RUN_ID.');
  const attempt = Number(GITHUB_RUN_ATTEMPT ?? 1);
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
    fromFork: own?.fromFork ?? false,
  };
}

function serverOf(environment: Environment): string {
  const pages = githubPagesOf(apiUrlOf(environment));
  const server = URL.parse(environment.GITHUB_SERVER_URL ?? '');
  return server === null || !/^https?:$/.test(server.protocol) ? pages : server.origin;
}

/** The pull request of the event in `GITHUB_EVENT_PATH`; null for other events. */
async function pullRequestEvent({ GITHUB_EVENT_PATH: path, GITHUB_EVENT_NAME: name }: Environment) {
  if (!path) return null;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new UsageError(`GITHUB_EVENT_PATH is ${path}: no event can be read there.`);
  }
  const parsed = PullRequestEvent.safeParse(value);
  if (!parsed.success) return null;
  const { number, head, base } = parsed.data.pull_request;
  // A fork that was deleted meanwhile is null. The token of the target's own workflow may write.
  const isForeign = head.repo?.full_name.toLowerCase() !== base.repo.full_name.toLowerCase();
  return { number, headSha: head.sha, fromFork: isForeign && name !== 'pull_request_target' };
}
