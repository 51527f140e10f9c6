import { digestOf } from '@selfheal/kernel/digest.ts';
import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { isSameFile } from '#shared/domain/replay/past-failure.ts';
import type { PastRun, PastRuns } from '#shared/ports/past-runs.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { foundRun, Repository } from './run-finder.ts';
import { isForeign, runOf } from './runs.ts';

/** A page has 100 runs. */
const MAX_PAGES = 100;
const MAX_BRANCH = 200;

/** What is needed of a run; the rest is large, and thousands are held at once. */
const ListedRun = z.object({
  id: z.number(),
  name: z.string().nullish(),
  display_title: z.string().nullish(),
  run_attempt: z.number().default(1),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string(),
  workflow_id: z.number(),
  head_sha: z.string(),
  head_branch: z.string().nullish(),
  head_repository: z.object({ id: z.number() }).nullish(),
  repository: z.object({ id: z.number() }).optional(),
  event: z.string().default(''),
  created_at: z.string(),
  run_started_at: z.string().optional(),
  updated_at: z.string(),
  actor: z.object({ login: z.string() }).nullish(),
  pull_requests: z
    .array(z.object({ number: z.number(), base: z.object({ repo: z.object({ id: z.number() }) }) }))
    .nullish(),
});
type ListedRun = z.infer<typeof ListedRun>;
const Page = z.object({ workflow_runs: z.array(ListedRun) });
const Comparison = z.object({
  files: z.array(z.object({ filename: z.string(), previous_filename: z.string().optional() })).default([]),
});

/** Past runs of GitHub Actions (https://docs.github.com/en/rest/actions/workflow-runs). */
export function makeGithubPastRuns(options: GithubOptions): PastRuns {
  const client = makeGithubClient(options);
  const repositories = new Map<string, Promise<Repository>>();
  const repositoryNamed = (name: string): Promise<Repository> => {
    const known = repositories.get(name) ?? client.call('GET /repos/{owner}/{repo}', repositoryOf(name), Repository);
    repositories.set(name, known);
    return known;
  };
  return {
    pages: async function* (name) {
      const repository = await repositoryNamed(name);
      // A filter by status would hide runs that passed when they were run again, and end after 1,000 runs.
      const route = 'GET /repos/{owner}/{repo}/actions/runs';
      for await (const { workflow_runs } of client.pages(route, repositoryOf(name), Page, MAX_PAGES))
        yield workflow_runs.filter(({ status }) => status === 'completed').map((run) => pastRun(run, repository));
    },
    attempt: async ({ found: { report } }, attempt) => {
      const { repository, workflow_run } = report as { repository: Repository; workflow_run: ListedRun };
      const parameters = { ...repositoryOf(repository.full_name), run_id: workflow_run.id, attempt_number: attempt };
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';
      return pastRun(await client.call(route, parameters, ListedRun), repository);
    },
    // https://docs.github.com/en/rest/commits/commits#compare-two-commits
    changesBetween: async (name, from, to) => {
      const parameters = { ...repositoryOf(name), basehead: `${from}...${to}` };
      const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
      const found = await unlessRefused(() => client.call(route, parameters, Comparison));
      if (found === null) return null;
      const paths = found.files.flatMap(({ filename, previous_filename: previous }) => [
        filename,
        ...(previous === undefined ? [] : [previous]),
      ]);
      return { files: found.files.length, touches: (named) => paths.some((path) => isSameFile(named, path)) };
    },
  };
}

function pastRun(run: ListedRun, repository: Repository): PastRun {
  const { event, head_branch: branch, head_repository: head, workflow_id } = run;
  const isOwn = head?.id === repository.id;
  return {
    run: runOf(run),
    found: foundRun(run, repository),
    event,
    branch: branch ? redactName(branch, MAX_BRANCH) : null,
    place: digestOf(JSON.stringify([workflow_id, branch, head?.id, isForeign(run)]), 16),
    onDefaultBranch: isOwn && !isForeign(run) && branch === repository.default_branch,
  };
}
