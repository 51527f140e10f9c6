import { FIX_BRANCH_PREFIX, FIX_LABELS } from '@selfheal/patch-guard/fix-branch.ts';
import type { JobStatus } from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import type { CiRun, CiRunReader, FixProposal } from '@selfheal/pull-request-quality/ports/ci-metrics.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';

const MAX_PAGES = 3;
const MAX_PROPOSALS = 100;
const MAX_NAME = 120;
/** Every comment of Selfheal begins its hidden marker so. */
const OWN_COMMENT = '<!-- selfheal';

const Run = z.object({
  id: z.number(),
  name: z.string().nullish(),
  run_attempt: z.number().default(1),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  created_at: z.string(),
  run_started_at: z.string().nullish(),
  event: z.string().default(''),
  head_branch: z.string().nullish(),
  pull_requests: z.array(z.object({ number: z.number() })).nullish(),
  repository: z.object({ id: z.number() }),
  head_repository: z.object({ id: z.number() }).nullish(),
});
const Jobs = z.object({
  jobs: z.array(
    z.object({
      name: z.string(),
      status: z.string().nullable(),
      conclusion: z.string().nullable(),
      created_at: z.string().nullish(),
      started_at: z.string().nullish(),
      completed_at: z.string().nullish(),
    }),
  ),
});
const Repository = z.object({ default_branch: z.string() });
const Comments = z.array(
  z.object({
    body: z.string().nullish(),
    reactions: z
      .object({
        '+1': z.number(),
        '-1': z.number(),
        laugh: z.number(),
        hooray: z.number(),
        confused: z.number(),
        heart: z.number(),
        rocket: z.number(),
      })
      .partial()
      .nullish(),
  }),
);
const Pulls = z.array(
  z.object({
    number: z.number(),
    state: z.string(),
    created_at: z.string(),
    merged_at: z.string().nullish(),
    head: z.object({ ref: z.string() }),
    labels: z.array(z.object({ name: z.string() })).default([]),
  }),
);
const Pull = z.object({ commits: z.number().int() });

/** Runs whose code is a proposal, though their branch may have the name of the default branch. */
const PROPOSALS = new Set(['pull_request', 'pull_request_target', 'merge_group']);

/** Workflow runs, reactions and proposals of GitHub (https://docs.github.com/en/rest/actions/workflow-jobs). */
export function makeCiRunReader(options: GithubOptions): CiRunReader {
  const client = makeGithubClient(options);
  return {
    run: async (name, runId) => {
      const place = repositoryOf(name);
      const [run, { default_branch }] = await Promise.all([
        client.call('GET /repos/{owner}/{repo}/actions/runs/{run_id}', { ...place, run_id: runId }, Run),
        client.call('GET /repos/{owner}/{repo}', place, Repository),
      ]);
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs';
      const jobs: z.infer<typeof Jobs>['jobs'] = [];
      const parameters = { ...place, run_id: runId, attempt_number: run.run_attempt };
      for await (const page of client.pages(route, parameters, Jobs, MAX_PAGES)) jobs.push(...page.jobs);
      const isOwn = run.head_repository?.id === run.repository.id;
      return {
        run: run.id,
        attempt: run.run_attempt,
        createdAt: run.created_at,
        startedAt: run.run_started_at ?? run.created_at,
        workflow: redactName(run.name ?? 'unknown', MAX_NAME),
        isDefaultBranch: isOwn && !PROPOSALS.has(run.event) && run.head_branch === default_branch,
        pullRequest: run.pull_requests?.[0]?.number ?? null,
        status: statusOf(run.status, run.conclusion),
        jobs: jobs.map(jobOf),
      };
    },
    reactions: async (name, issue_number) => {
      const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
      const total = { positive: 0, negative: 0 };
      for await (const page of client.pages(route, { ...repositoryOf(name), issue_number }, Comments, MAX_PAGES))
        for (const { body, reactions } of page) {
          if (!reactions || !body?.includes(OWN_COMMENT)) continue;
          const of = (key: keyof typeof reactions): number => reactions[key] ?? 0;
          total.positive += of('+1') + of('heart') + of('hooray') + of('rocket') + of('laugh');
          total.negative += of('-1') + of('confused');
        }
      return total;
    },
    fixProposals: async (name, from) => {
      const place = repositoryOf(name);
      const query = { ...place, state: 'all', sort: 'created', direction: 'desc' };
      const found: FixProposal[] = [];
      for await (const page of client.pages('GET /repos/{owner}/{repo}/pulls', query, Pulls, MAX_PAGES)) {
        for (const pull of page.filter(isFix)) {
          if (Date.parse(pull.created_at) < from.getTime() || found.length >= MAX_PROPOSALS) return found;
          const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
          const { commits } = await client.call(route, { ...place, pull_number: pull.number }, Pull);
          const state = pull.merged_at ? 'merged' : pull.state === 'closed' ? 'closed' : 'open';
          found.push({ number: pull.number, state, commits });
        }
      }
      return found;
    },
  };
}

const isFix = ({ head, labels }: z.infer<typeof Pulls>[number]): boolean =>
  head.ref.startsWith(FIX_BRANCH_PREFIX) && labels.some(({ name }) => name === FIX_LABELS[0]);

function jobOf(job: z.infer<typeof Jobs>['jobs'][number]): CiRun['jobs'][number] {
  return {
    name: redactName(job.name, MAX_NAME),
    status: statusOf(job.status, job.conclusion),
    createdAt: job.created_at ?? null,
    startedAt: job.started_at ?? null,
    completedAt: job.completed_at ?? null,
  };
}

const CONCLUSIONS: Readonly<Record<string, JobStatus>> = {
  success: 'success',
  neutral: 'success',
  failure: 'failure',
  timed_out: 'failure',
  startup_failure: 'failure',
  cancelled: 'cancelled',
  stale: 'cancelled',
  skipped: 'skipped',
};

function statusOf(status: string | null, conclusion: string | null): JobStatus {
  if (status !== null && status !== 'completed') return 'running';
  return CONCLUSIONS[conclusion ?? ''] ?? 'unknown';
}
