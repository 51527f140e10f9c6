import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { Environment } from './runner.ts';

export interface PullRequestContext {
  readonly number: number;
  readonly headSha: string;
  /** Null when the event does not say, as for `workflow_run`. */
  readonly baseSha: string | null;
  readonly baseBranch: string;
  /** Its branch lies in another repository: the token may only read, and there are no secrets. */
  readonly isFork: boolean;
}

/** What a step knows about its run, from the variables and the event file of the runner. Null or empty where they do not say. */
export interface JobContext {
  /** `owner/name`. */
  readonly repository: string | null;
  /** The commit under test: the head of the pull request, not GitHub's merge of it. */
  readonly sha: string | null;
  readonly event: string;
  readonly pullRequest: PullRequestContext | null;
  readonly defaultBranch: string | null;
  /** Branch of the pushed commit; null for a pull request or a tag. */
  readonly branch: string | null;
  readonly runId: number | null;
  readonly runAttempt: number;
  readonly workflow: string;
  /** `https://api.github.com`, or that of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** Folder of the checked-out repository. */
  readonly workspace: string;
  /** What could not be read, in words for the log. */
  readonly problems: readonly string[];
}

const Repository = z.object({ full_name: z.string() });
const Sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const PullRequest = z.object({
  number: z.number().int().positive(),
  head: z.object({ sha: Sha, repo: Repository.nullish() }),
  base: z.object({ sha: Sha, ref: z.string(), repo: Repository }),
});
const WorkflowRun = z.object({
  head_sha: Sha,
  head_branch: z.string().nullish(),
  event: z.string(),
  head_repository: Repository.nullish(),
  pull_requests: z
    .array(z.object({ number: z.number().int(), base: z.object({ sha: Sha, ref: z.string() }) }))
    .default([]),
});
/** What is read of the event. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const Event = z.object({
  pull_request: PullRequest.nullish(),
  workflow_run: WorkflowRun.nullish(),
  repository: z.object({ default_branch: z.string() }).nullish(),
});
type Event = z.infer<typeof Event>;

/** Larger than any event: GitHub caps webhooks at 25 MB. */
const MAX_EVENT_BYTES = 30_000_000;

/** An event file that is missing or not what GitHub writes is a problem, not an error: reports can be read without it. */
export async function readJobContext(environment: Environment): Promise<JobContext> {
  const problems: string[] = [];
  const event = await readEvent(environment, problems);
  const repository = repositoryIn(environment, problems);
  const pullRequest = pullRequestOf(event, repository);
  const { GITHUB_EVENT_NAME: name = '', GITHUB_REF: ref = '', GITHUB_SHA: sha, GITHUB_RUN_ID: runId } = environment;
  return {
    repository,
    sha: pullRequest?.headSha ?? event?.workflow_run?.head_sha ?? (Sha.safeParse(sha).success ? (sha ?? null) : null),
    event: name,
    pullRequest,
    defaultBranch: event?.repository?.default_branch ?? null,
    branch:
      pullRequest !== null ? null : (event?.workflow_run?.head_branch ?? /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null),
    runId: /^\d{1,15}$/.test(runId ?? '') ? Number(runId) : null,
    runAttempt: Number(/^\d{1,4}$/.exec(environment.GITHUB_RUN_ATTEMPT ?? '')?.[0] ?? 1),
    workflow: environment.GITHUB_WORKFLOW ?? '',
    apiUrl: environment.GITHUB_API_URL || 'https://api.github.com',
    serverUrl: environment.GITHUB_SERVER_URL || 'https://github.com',
    workspace: environment.GITHUB_WORKSPACE || process.cwd(),
    problems,
  };
}

function repositoryIn({ GITHUB_REPOSITORY: given }: Environment, problems: string[]): string | null {
  if (!given) return null;
  if (RepositoryName.safeParse(given).success) return given;
  problems.push(`GITHUB_REPOSITORY is ${given.slice(0, 100)}: expected owner/name.`);
  return null;
}

async function readEvent({ GITHUB_EVENT_PATH: path }: Environment, problems: string[]): Promise<Event | null> {
  if (!path) return null;
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > MAX_EVENT_BYTES) throw new Error(`it has more than ${MAX_EVENT_BYTES} bytes`);
    return Event.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? 'it is not an event of GitHub' : (error as Error).message.slice(0, 200);
    problems.push(`The event file ${path} cannot be used (${reason}), so the pull request is not known.`);
    return null;
  }
}

function pullRequestOf(event: Event | null, repository: string | null): PullRequestContext | null {
  const { pull_request: pull, workflow_run: run } = event ?? {};
  if (pull) {
    const { number, head, base } = pull;
    // A deleted fork has no repository any more.
    const isFork = head.repo?.full_name !== base.repo.full_name;
    return { number, headSha: head.sha, baseSha: base.sha, baseBranch: base.ref, isFork };
  }
  const [first] = run?.pull_requests ?? [];
  if (!run || first === undefined) return null;
  const isFork = run.head_repository?.full_name !== repository;
  return {
    number: first.number,
    headSha: run.head_sha,
    baseSha: first.base.sha,
    baseBranch: first.base.ref,
    isFork,
  };
}
