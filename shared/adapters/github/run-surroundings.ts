import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { type GithubClient, repositoryOf } from './github-client.ts';

const Annotation = z.object({
  path: z.string(),
  annotation_level: z.string().nullish(),
  message: z.string().nullish(),
});
const Run = z.object({
  head_branch: z.string().nullish(),
  head_sha: z.string(),
  head_repository: z.object({ id: z.number(), full_name: z.string() }).nullish(),
});
const PullRequest = z.object({ state: z.string(), merged_at: z.string().nullish() });
const ListedPullRequest = PullRequest.extend({
  number: z.number().int().positive(),
  head: z.object({ sha: z.string(), repo: z.object({ id: z.number() }).nullish() }),
});

/** Annotations of the runner have this path; those of tools name a file, and are in the log as well. */
const RUNNER_PATH = '.github';
/** It says nothing that the log does not say. */
const EXIT_CODE = /^Process completed with exit code \d+\.$/;
const MAX_MESSAGE = 1000;

/** What GitHub knows about a run beside the run itself: messages of its runners, and its pull request. */
export function runSurroundings(
  client: GithubClient,
): Pick<CodeHost, 'jobDefinitions' | 'runnerMessages' | 'pullRequestOfRun' | 'pullRequestState'> {
  return {
    // A workflow is named by its run, not by its file.
    jobDefinitions: async () => [],
    // A job is a check run with the same id. https://docs.github.com/en/rest/checks/runs#list-check-run-annotations
    runnerMessages: async (repository, jobId) => {
      const parameters = { ...repositoryOf(repository), check_run_id: jobId, per_page: 50 };
      const route = 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations';
      const found = await client.call(route, parameters, z.array(Annotation));
      return found
        .filter(({ path, annotation_level }) => path === RUNNER_PATH && annotation_level === 'failure')
        .flatMap(({ message }) => (message && !EXIT_CODE.test(message) ? [redactName(message, MAX_MESSAGE)] : []));
    },
    // https://docs.github.com/en/rest/pulls/pulls#list-pull-requests
    pullRequestOfRun: async (repository, runId) => {
      const place = repositoryOf(repository);
      const run = await client.call(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        { ...place, run_id: runId },
        Run,
      );
      const { head_repository: head, head_branch, head_sha } = run;
      if (!head || !head_branch) return null;
      const query = { head: `${repositoryOf(head.full_name).owner}:${head_branch}`, state: 'all', per_page: 100 };
      const sorted = { sort: 'updated', direction: 'desc' };
      const route = 'GET /repos/{owner}/{repo}/pulls';
      const listed = await client.call(route, { ...place, ...query, ...sorted }, z.array(ListedPullRequest));
      const own = listed.filter(({ head: { repo } }) => repo == null || repo.id === head.id);
      const sameCommit = own.filter((one) => one.head.sha === head_sha);
      const [found] = [...sameCommit.filter(isOpen), ...own.filter(isOpen), ...sameCommit];
      return found?.number ?? null;
    },
    pullRequestState: async (repository, number) => {
      const parameters = { ...repositoryOf(repository), pull_number: number };
      const { state, merged_at } = await client.call(
        'GET /repos/{owner}/{repo}/pulls/{pull_number}',
        parameters,
        PullRequest,
      );
      return merged_at ? 'merged' : state === 'open' ? 'open' : 'closed';
    },
  };
}

const isOpen = ({ state }: z.infer<typeof PullRequest>): boolean => state === 'open';
