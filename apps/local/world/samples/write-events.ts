/**
 * Writes the sample events in `events/`: `node apps/local/world/samples/write-events.ts`. They have the form in which GitHub and EventBridge send
 * them, for a fictitious organisation. Tests check them against GitHub's OpenAPI description and replay them.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeAttempt } from '@selfheal/fake-github/run-lifecycle.ts';
import { type AttemptState, type Conclusion, currentAttempt, type RunState } from '@selfheal/fake-github/run-state.ts';
import { type AttemptSpec, makeSeeding, type RunSpec } from '@selfheal/fake-github/seeding.ts';
import { makeGithubState, shaOf } from '@selfheal/fake-github/state.ts';
import {
  checkRunPayload,
  pingPayload,
  pullRequestCommentPayload,
  pushPayload,
  workflowJobPayload,
  workflowRunPayload,
} from '@selfheal/fake-github/webhook-payloads.ts';
import { headersOf } from '@selfheal/fake-github/webhook-sender.ts';
import { machineTime } from '@selfheal/fake-server/world-time.ts';
import { AWS_EVENTS } from './aws-events.ts';
import { CLOUDWATCH_EVENTS } from './cloudwatch-events.ts';
import { shopJobs } from './shop-jobs.ts';

const EVENTS = join(import.meta.dirname, '../../../../events');
const SITE = { api: 'https://api.github.com', web: 'https://github.com' };
const REPOSITORY = 'acme/shop';

const state = makeGithubState(machineTime);
const seeding = makeSeeding(state);
seeding.setHookUrl('https://selfheal.example/webhooks/github');
const { id: repositoryId } = seeding.addRepository(REPOSITORY);
const pull = seeding.addPullRequest(REPOSITORY, { branch: 'receipt-length', title: 'Show receipts of any length' });

function attempt(conclusion: Conclusion): AttemptSpec {
  const jobs = shopJobs(conclusion === 'success' ? null : 'regression', shaOf('head'));
  return { conclusion, jobs, archive: null };
}

function runOf(conclusion: Conclusion, spec: Partial<RunSpec> = {}): RunState {
  const passes = [attempt(conclusion), attempt('success')] as const;
  return seeding.addRun({ repository: REPOSITORY, pullRequest: pull.number, attempts: passes, ...spec });
}

function secondAttempt(run: RunState): RunState {
  const at = new Date();
  const startedAt = new Date(at.getTime() - 90_000).toISOString();
  const next: AttemptState = {
    number: 2,
    status: 'queued',
    conclusion: null,
    startedAt,
    updatedAt: startedAt,
    jobs: [],
  };
  run.attempts.push(next);
  completeAttempt(state, run, next, at);
  return run;
}

function running(run: RunState, status: 'queued' | 'in_progress'): RunState {
  Object.assign(currentAttempt(run), { status, conclusion: null, jobs: [] });
  return run;
}

let written = 0;

function writeGithub(name: string, event: string, body: object): void {
  written += 1;
  const guid = `5e1f4ea1-0000-11f1-8000-${String(written).padStart(12, '0')}`;
  const hook = state.hooks.all()[0] ?? { id: 0 };
  const sent = headersOf({ hook, event, payload: JSON.stringify(body), guid, repositoryId, secret: '' });
  const headers = Object.entries(sent)
    .map(([key, value]) => [key.toLowerCase(), value] as const)
    .filter(([key]) => !key.startsWith('x-hub-signature'));
  write('github', name, { headers: Object.fromEntries(headers), body });
}

function write(source: string, name: string, content: object): void {
  mkdirSync(join(EVENTS, source), { recursive: true });
  writeFileSync(join(EVENTS, source, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
}

/** The run of a contributor's fork, for which GitHub names no pull request. */
function fromFork(payload: ReturnType<typeof workflowRunPayload>): object {
  const head = { ...payload.workflow_run.head_repository, id: 987_654_321, full_name: 'contributor/shop', fork: true };
  return { ...payload, workflow_run: { ...payload.workflow_run, pull_requests: [], head_repository: head } };
}

const run = (one: RunState, action: 'requested' | 'in_progress' | 'completed' = 'completed') =>
  workflowRunPayload(state, SITE, one, action);
const failed = runOf('failure');
const job = currentAttempt(failed).jobs.find(({ conclusion }) => conclusion === 'failure');
if (job === undefined) throw new Error('The sample run has no failed job.');
const hook = state.hooks.all()[0];
if (hook === undefined) throw new Error('The sample repository has no hook.');
const installation = { id: 77_001, node_id: 'MDIzOkluc3RhbGxhdGlvbjc3MDAx' };

writeGithub('workflow-run-completed-failure', 'workflow_run', run(failed));
writeGithub('workflow-run-completed-failure-on-main', 'workflow_run', run(runOf('failure', { pullRequest: null })));
writeGithub('workflow-run-completed-failure-from-fork', 'workflow_run', fromFork(run(runOf('failure'))));
writeGithub('workflow-run-completed-failure-app', 'workflow_run', { ...run(runOf('failure')), installation });
writeGithub('workflow-run-completed-timed-out', 'workflow_run', run(runOf('timed_out')));
writeGithub('workflow-run-completed-cancelled', 'workflow_run', run(runOf('cancelled')));
writeGithub('workflow-run-completed-success', 'workflow_run', run(runOf('success')));
writeGithub('workflow-run-completed-success-second-attempt', 'workflow_run', run(secondAttempt(runOf('failure'))));
writeGithub('workflow-run-requested', 'workflow_run', run(running(runOf('failure'), 'queued'), 'requested'));
writeGithub('workflow-run-in-progress', 'workflow_run', run(running(runOf('failure'), 'in_progress'), 'in_progress'));
writeGithub(
  'workflow-job-completed-failure',
  'workflow_job',
  workflowJobPayload(state, SITE, failed, currentAttempt(failed), job),
);
writeGithub('check-run-completed-failure', 'check_run', checkRunPayload(state, SITE, failed, job));
writeGithub('push', 'push', pushPayload(state, SITE, REPOSITORY, 'main', 'Show receipts of any length'));
const says = (body: string) =>
  pullRequestCommentPayload(state, SITE, pull, seeding.addComment(REPOSITORY, pull.number, 'octo-lead', body));
writeGithub('issue-comment-command-approve', 'issue_comment', says('/selfheal approve 0123456789ab'));
writeGithub('issue-comment-command-wrong', 'issue_comment', says('/selfheal wrong dependency_conflicts'));
writeGithub('issue-comment-other', 'issue_comment', says('Thanks, I had a look.'));
writeGithub('ping', 'ping', pingPayload(state, SITE, hook));
for (const [name, event] of Object.entries(CLOUDWATCH_EVENTS)) write('cloudwatch', name, event);
for (const [source, events] of Object.entries(AWS_EVENTS))
  for (const [name, event] of Object.entries(events)) write(source, name, event);
