import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { FoundRun, RunFinder } from '#shared/ports/run-finder.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';

const MAX_WORKFLOW_NAME = 120;
/** Statuses of failed runs, by which GitHub filters. A run that failed at its start has neither jobs nor logs. */
const FAILED_STATUSES = ['failure', 'timed_out'] as const;

/** Loose: the rest is for the source plug-in. */
const Run = z.looseObject({
  id: z.number(),
  name: z.string().nullish(),
  run_attempt: z.number().default(1),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string(),
  head_sha: z.string(),
  event: z.string().default(''),
  workflow_id: z.number(),
  created_at: z.string(),
  pull_requests: z
    .array(z.object({ number: z.number(), base: z.object({ repo: z.object({ id: z.number() }) }) }))
    .nullish(),
});
type Run = z.infer<typeof Run>;
const Runs = z.object({ workflow_runs: z.array(Run) });
export const Repository = z.object({ id: z.number(), full_name: z.string(), default_branch: z.string() });
export type Repository = z.infer<typeof Repository>;
const PullRequest = z.object({ number: z.number(), head: z.object({ sha: z.string() }) });

/**
 * GitHub behind the `RunFinder` port (https://docs.github.com/en/rest/actions/workflow-runs). Throws `InvalidInput` when
 * `apiUrl` is not an http or https URL.
 */
export function makeGithubRunFinder(options: GithubOptions): RunFinder {
  const client = makeGithubClient(options);
  const repositoryNamed = (name: string) => client.call('GET /repos/{owner}/{repo}', repositoryOf(name), Repository);
  const list = async (repository: string, query: object): Promise<Run[]> => {
    const parameters = { ...repositoryOf(repository), ...query };
    return (await client.call('GET /repos/{owner}/{repo}/actions/runs', parameters, Runs)).workflow_runs;
  };
  return {
    run: async (name, runId, attempt, pullRequest) => {
      const parameters = { ...repositoryOf(name), run_id: runId };
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
      const [repository, run] = await Promise.all([
        repositoryNamed(name),
        attempt === null
          ? client.call(route, parameters, Run)
          : client.call(`${route}/attempts/{attempt_number}`, { ...parameters, attempt_number: attempt }, Run),
      ]);
      return foundRun(run, repository, pullRequest);
    },
    pullRequest: async (name, number) => {
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
      const { head } = await client.call(route, { ...repositoryOf(name), pull_number: number }, PullRequest);
      return { number, headSha: head.sha };
    },
    runsOf: async (name, { number, headSha }) => {
      const [repository, runs] = await Promise.all([
        repositoryNamed(name),
        list(name, { head_sha: headSha, per_page: 100 }),
      ]);
      return newestOfEach(runs).map((run) => foundRun(run, repository, number));
    },
    latestFailed: async (name) => {
      const [repository, ...pages] = await Promise.all([
        repositoryNamed(name),
        ...FAILED_STATUSES.map((status) => list(name, { status, per_page: 1 })),
      ]);
      const [newest] = pages.flat().sort(newestFirst);
      return newest === undefined ? null : foundRun(newest, repository);
    },
  };
}

const newestFirst = (a: Run, b: Run): number => b.created_at.localeCompare(a.created_at) || b.id - a.id;

/** Of each workflow and event, what it says now. */
function newestOfEach(runs: readonly Run[]): Run[] {
  const newest = new Map<string, Run>();
  for (const run of [...runs].sort(newestFirst)) {
    const key = `${run.workflow_id}#${run.event}`;
    if (!newest.has(key)) newest.set(key, run);
  }
  return [...newest.values()];
}

/** A run as the port tells it; with `pullRequest`, as one of that. */
export function foundRun(run: Run, repository: Repository, pullRequest?: number): FoundRun {
  const own = run.pull_requests?.filter(({ base }) => base.repo.id === repository.id) ?? [];
  const pull_requests =
    pullRequest === undefined ? own : [{ number: pullRequest, base: { repo: { id: repository.id } } }];
  return {
    id: run.id,
    attempt: run.run_attempt,
    status: run.status ?? 'unknown',
    conclusion: run.conclusion,
    workflow: redactName(run.name ?? 'workflow', MAX_WORKFLOW_NAME),
    url: run.html_url,
    headSha: run.head_sha,
    pullRequests: own.map(({ number }) => number),
    report: { workflow_run: { ...run, pull_requests }, repository },
  };
}
