import { createHmac, randomBytes } from 'node:crypto';
import type { Answer } from '@selfheal/fake-server/wire.ts';
import { githubError, NotFound, pageOf, type Route, type RouteContext, repositoryIn, runIn } from './route.ts';
import { type AttemptState, currentAttempt, planOf, type RunState } from './run-state.ts';
import { presentJob, presentRun } from './shapes-runs.ts';
import type { GithubState } from './state.ts';
import { shownAttempt } from './state.ts';

const RUN = '/repos/{owner}/{repo}/actions/runs/{run_id}';
const RERUN_DOCS = 'https://docs.github.com/rest/actions/workflow-runs';
const MONTH_MS = 30 * 86_400_000;

function attemptIn(context: RouteContext): { run: RunState; attempt: AttemptState } {
  const run = runIn(context);
  const attempt = run.attempts.find(({ number }) => String(number) === context.params.attempt_number);
  if (attempt === undefined) throw new NotFound('attempt');
  return { run, attempt };
}

function presentShown({ state, site, access }: RouteContext, run: RunState) {
  return presentRun(state, site, run, shownAttempt(run, access.readLagMs, state.time.now()));
}

function listRuns(context: RouteContext, runs: readonly RunState[]): Answer {
  const { query } = context.request;
  const wanted = (name: string, value: string | null) => query.get(name) === null || query.get(name) === value;
  const found = runs
    .filter((run) => {
      const { status, conclusion } = shownAttempt(run, context.access.readLagMs, context.state.time.now());
      return (
        wanted('branch', run.branch) &&
        wanted('event', run.event) &&
        wanted('head_sha', run.headSha) &&
        wanted('actor', run.actor) &&
        (wanted('status', status) || wanted('status', conclusion))
      );
    })
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id);
  const page = pageOf(found, context);
  const shown = page.items.map((run) => presentShown(context, run));
  return { status: 200, headers: page.headers, json: { total_count: found.length, workflow_runs: shown } };
}

function runsOf(context: RouteContext): RunState[] {
  const repository = repositoryIn(context);
  return context.state.runs.all().filter((run) => run.repository === repository.fullName);
}

/** GitHub's refusal to run it again, or null. */
function rerunRefusal({ state }: RouteContext, run: RunState, failedOnly: boolean): Answer | null {
  const attempt = currentAttempt(run);
  if (attempt.status !== 'completed') return githubError(403, 'This workflow is already running', RERUN_DOCS);
  if (state.time.now() - Date.parse(run.createdAt) > MONTH_MS) {
    const message = 'Unable to retry this workflow run because it was created over a month ago';
    return githubError(403, message, RERUN_DOCS);
  }
  const failed = attempt.jobs.some((job) => job.conclusion !== 'success' && job.conclusion !== 'skipped');
  if (failedOnly && !failed) return githubError(403, 'This workflow run cannot be retried', RERUN_DOCS);
  return null;
}

function rerun(context: RouteContext, failedOnly: boolean): Answer {
  const run = runIn(context);
  const refusal = rerunRefusal(context, run, failedOnly);
  if (refusal !== null) return refusal;
  context.lifecycle.rerun(run);
  const facts = { attempt: currentAttempt(run).number, failedOnly };
  context.journal.record('github.run.rerun', `${run.repository}/runs/${run.id}`, facts);
  return { status: 201, json: {} };
}

/** Refuses a completed run, as GitHub does. The run ends a little later; a second request changes nothing. */
function cancel(context: RouteContext): Answer {
  const run = runIn(context);
  if (currentAttempt(run).status === 'completed') {
    return githubError(409, 'Cannot cancel a workflow run that is completed.', RERUN_DOCS);
  }
  const facts = { attempt: currentAttempt(run).number };
  if (context.lifecycle.cancel(run))
    context.journal.record('github.run.cancelled', `${run.repository}/runs/${run.id}`, facts);
  return { status: 202, json: {} };
}

const SIGNING_KEY = randomBytes(16);

/** A signed, short-lived link to the log, as GitHub's storage gives. */
function signedLocation(context: RouteContext, path: string): Answer {
  const expires = Math.floor(context.state.time.now() / 1000) + 60;
  const signature = createHmac('sha256', SIGNING_KEY).update(`${path}\n${expires}`).digest('base64url');
  return { status: 302, headers: { location: `${context.site.web}/_logs/${path}?se=${expires}&sig=${signature}` } };
}

export function isSignedLocation({ time }: GithubState, path: string, query: URLSearchParams): boolean {
  const expires = query.get('se') ?? '0';
  const signature = createHmac('sha256', SIGNING_KEY).update(`${path}\n${expires}`).digest('base64url');
  return signature === query.get('sig') && Number(expires) * 1000 > time.now();
}

function archiveOf(context: RouteContext, run: RunState, attempt: AttemptState): Answer {
  if (attempt.status !== 'completed') throw new NotFound('logs of a running attempt');
  const key = planOf(run, attempt.number).archiveKey;
  if (key === null) return githubError(410, 'Server Error', RERUN_DOCS);
  return signedLocation(context, `archive/${encodeURIComponent(key)}`);
}

function jobIn(context: RouteContext): { run: RunState; attempt: AttemptState; index: number } {
  for (const run of runsOf(context)) {
    for (const attempt of run.attempts) {
      const index = attempt.jobs.findIndex((job) => String(job.id) === context.params.job_id);
      if (index >= 0) return { run, attempt, index };
    }
  }
  throw new NotFound('job');
}

export const ACTIONS_ROUTES: readonly Route[] = [
  {
    operation: 'actions/list-workflow-runs-for-repo',
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/runs',
    handle: (context) => listRuns(context, runsOf(context)),
  },
  {
    operation: 'actions/list-workflow-runs',
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
    handle(context) {
      const id = context.params.workflow_id ?? '';
      const fits = (run: RunState) => String(run.workflowId) === id || run.workflowPath.endsWith(`/${id}`);
      return listRuns(context, runsOf(context).filter(fits));
    },
  },
  {
    operation: 'actions/get-workflow-run',
    method: 'GET',
    path: RUN,
    handle: (context) => ({ status: 200, json: presentShown(context, runIn(context)) }),
  },
  {
    operation: 'actions/get-workflow-run-attempt',
    method: 'GET',
    path: `${RUN}/attempts/{attempt_number}`,
    handle(context) {
      const { run, attempt } = attemptIn(context);
      return { status: 200, json: presentRun(context.state, context.site, run, attempt) };
    },
  },
  {
    operation: 'actions/list-jobs-for-workflow-run-attempt',
    method: 'GET',
    path: `${RUN}/attempts/{attempt_number}/jobs`,
    handle(context) {
      const { run, attempt } = attemptIn(context);
      const page = pageOf(attempt.jobs, context);
      const jobs = page.items.map((job) => presentJob(context.site, run, attempt, job));
      return { status: 200, headers: page.headers, json: { total_count: attempt.jobs.length, jobs } };
    },
  },
  {
    operation: 'actions/list-jobs-for-workflow-run',
    method: 'GET',
    path: `${RUN}/jobs`,
    handle(context) {
      const run = runIn(context);
      const wanted = context.request.query.get('filter') === 'all' ? run.attempts : [currentAttempt(run)];
      const all = wanted.flatMap((attempt) => attempt.jobs.map((job) => presentJob(context.site, run, attempt, job)));
      const page = pageOf(all, context);
      return { status: 200, headers: page.headers, json: { total_count: all.length, jobs: page.items } };
    },
  },
  {
    operation: 'actions/download-workflow-run-logs',
    method: 'GET',
    path: `${RUN}/logs`,
    handle(context) {
      const run = runIn(context);
      return archiveOf(context, run, currentAttempt(run));
    },
  },
  {
    operation: 'actions/download-workflow-run-attempt-logs',
    method: 'GET',
    path: `${RUN}/attempts/{attempt_number}/logs`,
    handle(context) {
      const { run, attempt } = attemptIn(context);
      return archiveOf(context, run, attempt);
    },
  },
  {
    operation: 'actions/get-job-for-workflow-run',
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/jobs/{job_id}',
    handle(context) {
      const { run, attempt, index } = jobIn(context);
      const job = attempt.jobs[index];
      if (job === undefined) throw new NotFound('job');
      return { status: 200, json: presentJob(context.site, run, attempt, job) };
    },
  },
  {
    operation: 'actions/download-job-logs-for-workflow-run',
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
    handle(context) {
      const { run, attempt, index } = jobIn(context);
      const key = planOf(run, attempt.number).archiveKey;
      if (key === null) throw new NotFound('log');
      return signedLocation(context, `job/${encodeURIComponent(key)}/${index}`);
    },
  },
  {
    operation: 'actions/re-run-workflow-failed-jobs',
    method: 'POST',
    path: `${RUN}/rerun-failed-jobs`,
    handle: (context) => rerun(context, true),
  },
  {
    operation: 'actions/re-run-workflow',
    method: 'POST',
    path: `${RUN}/rerun`,
    handle: (context) => rerun(context, false),
  },
  {
    operation: 'actions/cancel-workflow-run',
    method: 'POST',
    path: `${RUN}/cancel`,
    handle: cancel,
  },
];
