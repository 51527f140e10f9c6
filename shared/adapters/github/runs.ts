import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { isBaseBranch } from '@selfheal/patch-guard/fix-branch.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { CodeHost, Job, JobAttempt, Run } from '#shared/ports/code-host.ts';
import { type GithubClient, repositoryOf } from './github-client.ts';

/** A page has 100 jobs: 10,000 are more than a run with any matrices (256 jobs each) has. */
const MAX_JOB_PAGES = 100;
const MAX_ATTEMPT_PAGES = 3;
const MAX_STEP_NAME = 200;
const WorkflowRun = z.object({
  id: z.number(),
  run_attempt: z.number().default(1),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string(),
  workflow_id: z.number(),
  head_sha: z.string(),
  created_at: z.string(),
  run_started_at: z.string().optional(),
  updated_at: z.string(),
  event: z.string().optional(),
  head_branch: z.string().nullish(),
  display_title: z.string().nullish(),
  repository: z.object({ id: z.number() }).optional(),
  head_repository: z.object({ id: z.number() }).nullish(),
});
const WorkflowJob = z.object({
  id: z.number(),
  name: z.string(),
  conclusion: z.string().nullable(),
  html_url: z.string().nullable(),
  steps: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })).optional(),
});
const AttemptedJob = z.object({
  run_id: z.number(),
  run_attempt: z.number().default(1),
  name: z.string(),
  conclusion: z.string().nullable(),
  completed_at: z.string().nullish(),
});
const RunPage = z.object({ workflow_runs: z.array(WorkflowRun) });
const JobPage = z.object({ jobs: z.array(WorkflowJob) });
const AttemptPage = z.object({ jobs: z.array(AttemptedJob) });
const Repository = z.object({ default_branch: z.string() });
const VisibleRepository = Repository.extend({ private: z.boolean() });
/** Runs of these events belong to a contributor's branch, even if it has the name of the default branch. */
const FOREIGN_EVENTS = new Set(['pull_request', 'pull_request_target']);

/** Workflow runs and their jobs. */
export function runs(
  client: GithubClient,
): Pick<
  CodeHost,
  | 'getRun'
  | 'listJobs'
  | 'listJobAttempts'
  | 'listCommitRuns'
  | 'listPushRuns'
  | 'listDefaultBranchRuns'
  | 'hasNewerRun'
  | 'rerunFailedJobs'
  | 'rerunRun'
  | 'cancelRun'
  | 'defaultBranch'
  | 'dispatchWorkflow'
  | 'findDispatchedRun'
> {
  return {
    ...attempts(client),
    ...effects(client),
    ...dispatches(client),
    getRun: async (repository, runId) => {
      const parameters = { ...repositoryOf(repository), run_id: runId };
      return runOf(await client.call('GET /repos/{owner}/{repo}/actions/runs/{run_id}', parameters, WorkflowRun));
    },
    listJobs: async (repository, runId, attempt) => {
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs';
      const parameters = { ...repositoryOf(repository), run_id: runId, attempt_number: attempt };
      const jobs: Job[] = [];
      for await (const page of client.pages(route, parameters, JobPage, MAX_JOB_PAGES))
        jobs.push(...page.jobs.map(jobOf));
      return jobs;
    },
    listDefaultBranchRuns: async (repository, workflowId, limit) => {
      const place = repositoryOf(repository);
      const { default_branch } = await client.call('GET /repos/{owner}/{repo}', place, Repository);
      const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
      const query = { branch: default_branch, status: 'completed', exclude_pull_requests: true, per_page: 100 };
      const found = await client.call(route, { ...place, workflow_id: workflowId, ...query }, RunPage);
      return found.workflow_runs
        .filter((run) => !isForeign(run))
        .slice(0, limit)
        .map(runOf);
    },
    hasNewerRun: async (repository, runId) => {
      const place = repositoryOf(repository);
      const parameters = { ...place, run_id: runId };
      const run = await client.call('GET /repos/{owner}/{repo}/actions/runs/{run_id}', parameters, WorkflowRun);
      if (isForeign(run)) return false;
      const { workflow_id, head_branch, event } = run;
      // Each release has its tag as branch, so the next one is found by the event.
      const where = event === 'release' || !head_branch ? { event } : { branch: head_branch };
      const query = { ...where, exclude_pull_requests: true, per_page: 100 };
      const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
      const found = await client.call(route, { ...place, workflow_id, ...query }, RunPage);
      return found.workflow_runs.some((other) => other.id > runId && !isForeign(other));
    },
  };
}

/** https://docs.github.com/en/rest/actions/workflow-runs */
function effects(client: GithubClient): Pick<CodeHost, 'rerunFailedJobs' | 'rerunRun' | 'cancelRun'> {
  const post = async (what: 'rerun-failed-jobs' | 'rerun' | 'cancel', repository: string, runId: number) => {
    const parameters = { ...repositoryOf(repository), run_id: runId };
    await client.effect(`POST /repos/{owner}/{repo}/actions/runs/{run_id}/${what}`, parameters, z.unknown());
  };
  return {
    rerunFailedJobs: (repository, runId) => post('rerun-failed-jobs', repository, runId),
    rerunRun: (repository, runId) => post('rerun', repository, runId),
    cancelRun: (repository, runId) => post('cancel', repository, runId),
  };
}

/** https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event */
function dispatches(client: GithubClient): Pick<CodeHost, 'defaultBranch' | 'dispatchWorkflow' | 'findDispatchedRun'> {
  return {
    defaultBranch: async (repository) => {
      const found = await client.call('GET /repos/{owner}/{repo}', repositoryOf(repository), VisibleRepository);
      return { name: new RawRef(found.default_branch), isPublic: !found.private };
    },
    dispatchWorkflow: async (repository, workflow_id, branch, inputs) => {
      const parameters = { ...repositoryOf(repository), workflow_id, ref: rawNameOf(branch), inputs };
      await client.effect(
        'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
        parameters,
        z.unknown(),
      );
    },
    findDispatchedRun: async (repository, workflow_id, branch, title) => {
      const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
      const query = { branch: rawNameOf(branch), event: 'workflow_dispatch', per_page: 100 };
      const found = await client.call(route, { ...repositoryOf(repository), workflow_id, ...query }, RunPage);
      const run = found.workflow_runs.findLast(({ display_title }) => display_title === title);
      return run === undefined ? null : runOf(run);
    },
  };
}

/** Results of the same jobs at other times. */
function attempts(client: GithubClient): Pick<CodeHost, 'listJobAttempts' | 'listCommitRuns' | 'listPushRuns'> {
  return {
    listJobAttempts: async (repository, runId) => {
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs';
      const parameters = { ...repositoryOf(repository), run_id: runId, filter: 'all' };
      const found: JobAttempt[] = [];
      for await (const { jobs } of client.pages(route, parameters, AttemptPage, MAX_ATTEMPT_PAGES))
        found.push(...jobs.map(attemptOf));
      return found;
    },
    listCommitRuns: async (repository, { workflowId, headSha, event }, limit) => {
      const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
      const query = { head_sha: headSha, event, status: 'completed', per_page: limit };
      const parameters = { ...repositoryOf(repository), workflow_id: workflowId, ...query };
      return (await client.call(route, parameters, RunPage)).workflow_runs.map(runOf);
    },
    listPushRuns: async (repository, workflow_id, head_sha) => {
      const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
      const parameters = { ...repositoryOf(repository), workflow_id, head_sha, event: 'push', per_page: 10 };
      return (await client.call(route, parameters, RunPage)).workflow_runs.map(runOf);
    },
  };
}

const attemptOf = ({
  run_id,
  run_attempt,
  name,
  conclusion,
  completed_at,
}: z.infer<typeof AttemptedJob>): JobAttempt => ({
  runId: run_id,
  attempt: run_attempt,
  name: jobNameOf(name),
  conclusion,
  ...(completed_at ? { completedAt: completed_at } : {}),
});

/** Whether it ran code that was only proposed. */
export const isForeign = ({ event }: { readonly event?: string | undefined }): boolean =>
  event !== undefined && FOREIGN_EVENTS.has(event);

export const runOf = (run: z.infer<typeof WorkflowRun>): Run => ({
  id: run.id,
  attempt: run.run_attempt,
  status: run.status ?? 'unknown',
  conclusion: run.conclusion,
  url: run.html_url,
  workflowId: run.workflow_id,
  headSha: run.head_sha,
  createdAt: run.created_at,
  startedAt: run.run_started_at ?? run.created_at,
  updatedAt: run.updated_at,
  baseBranch: isBaseBranch(run.head_branch ?? '') ? new RawRef(run.head_branch ?? '') : null,
  fromFork: run.repository === undefined || run.head_repository?.id !== run.repository.id,
});

const jobOf = ({ id, name, conclusion, html_url, steps = [] }: z.infer<typeof WorkflowJob>): Job => ({
  id,
  name: jobNameOf(name),
  conclusion,
  url: html_url,
  failedStep: failedStepOf(steps),
});

function failedStepOf(steps: NonNullable<z.infer<typeof WorkflowJob>['steps']>): Job['failedStep'] {
  const failed = steps.find(({ conclusion }) => conclusion === 'failure' || conclusion === 'timed_out');
  return failed === undefined ? null : redactName(failed.name, MAX_STEP_NAME);
}
