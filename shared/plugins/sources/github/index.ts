import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { isFixBranch } from '@selfheal/patch-guard/fix-branch.ts';
import { isSandboxRun } from '@selfheal/patch-guard/sandbox-run.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { setupProblems } from '#shared/domain/configuration/webhook-setup.ts';
import { RunTarget } from '#shared/domain/incident/target-context.ts';
import { defineSource, firstProblem, type SourceResult } from '../contract.ts';
import { CHANGE_EVENTS } from './changes.ts';
import { commentResult } from './comment.ts';

const Repository = z.object({ id: z.number(), full_name: z.string(), default_branch: z.string() });

/** Only the fields that are needed of a `workflow_run` delivery (GitHub docs, "Webhook events and payloads"). */
const CompletedRun = z.object({
  workflow_run: z.object({
    id: z.number(),
    name: z.string().nullish(),
    display_title: z.string().nullish(),
    conclusion: z.string(),
    event: z.string(),
    head_branch: z.string().nullish(),
    head_sha: z.string(),
    head_repository: z.object({ id: z.number() }).nullish(),
    workflow_id: z.number(),
    run_attempt: z.number().default(1),
    run_started_at: z.iso.datetime({ offset: true }).nullish(),
    updated_at: z.iso.datetime({ offset: true }),
    actor: z.object({ login: z.string() }).nullish(),
    pull_requests: z
      .array(z.object({ number: z.number(), base: z.object({ repo: z.object({ id: z.number() }) }) }))
      .default([]),
  }),
  repository: Repository,
  installation: z.object({ id: z.number() }).nullish(),
});
type CompletedRun = z.infer<typeof CompletedRun>;

/** Conclusions that need no reaction, listed so that counters get only known names. */
const QUIET = new Set(['cancelled', 'skipped', 'neutral', 'action_required', 'stale']);
const QUIET_ACTIONS = new Set(['requested', 'in_progress']);
/** Events that webhooks often send as well; they are ignored. */
const QUIET_EVENTS = new Set(['ping', 'workflow_job', 'check_suite', 'pull_request', 'status']);

/** GitHub Actions runs, from a repository's or an app's webhook. */
export const github = defineSource({
  kind: 'webhook',
  id: 'github',
  title: 'GitHub workflow runs, pushes, releases, deployments and checks of other tools',
  scheme: 'github-hmac-sha256',
  deliveryId: ({ headers }) => headers['x-github-delivery'] || { missing: 'x-github-delivery: header is missing' },
  eventName: ({ headers }) => headers['x-github-event'] ?? null,
  repositoryOf(body) {
    const named = z.object({ repository: Repository.pick({ full_name: true }) }).safeParse(body);
    return named.success ? named.data.repository.full_name : null;
  },
  toSignal(envelope): SourceResult {
    const { event } = envelope;
    if (event === null) return { kind: 'rejected', reason: 'x-github-event: header is missing' };
    if (event === 'issue_comment') return commentResult(envelope);
    if (event === 'ping') return pingResult(envelope.body);
    const readChange = Object.hasOwn(CHANGE_EVENTS, event) ? CHANGE_EVENTS[event] : undefined;
    if (readChange !== undefined) return readChange(envelope);
    if (event !== 'workflow_run')
      return { kind: 'ignored', reason: QUIET_EVENTS.has(event) ? `event-${event}` : 'event-other' };
    const action = z.object({ action: z.string() }).safeParse(envelope.body);
    if (!action.success) return { kind: 'rejected', reason: firstProblem(action.error) };
    if (action.data.action !== 'completed') return { kind: 'ignored', reason: actionReason(action.data.action) };
    const parsed = CompletedRun.safeParse(envelope.body);
    if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
    return ownRunResult(parsed.data) ?? translate(parsed.data, envelope.deliveryId);
  },
});

/**
 * The signal of a completed run that somebody asks about: `body` holds `workflow_run` and `repository` as GitHub's REST
 * API gives them, which is how the webhook describes them. The same run gives the same incident either way.
 */
export function signalOfRun(body: unknown, deliveryId: string): SourceResult {
  const parsed = CompletedRun.safeParse(body);
  return parsed.success ? translate(parsed.data, deliveryId) : { kind: 'rejected', reason: firstProblem(parsed.error) };
}

const Ping = z.object({
  hook: z.object({
    active: z.boolean(),
    events: z.array(z.string()),
    config: z.object({ content_type: z.string().nullish(), secret: z.string().nullish() }).default({}),
  }),
});

/** The first delivery of a webhook contains its settings, so the answer can say what is missing in them. */
function pingResult(body: unknown): SourceResult {
  const parsed = Ping.safeParse(body);
  // The ping of an app does not list its events.
  if (!parsed.success) return { kind: 'ignored', reason: 'event-ping' };
  const { active, events, config } = parsed.data.hook;
  const problems = setupProblems({ active, events, contentType: config.content_type ?? 'json', hasSecret: null });
  return problems.length === 0
    ? { kind: 'ignored', reason: 'event-ping' }
    : { kind: 'ignored', reason: 'event-ping-incomplete', problems };
}

function actionReason(action: string): string {
  return QUIET_ACTIONS.has(action) ? `action-${action}` : 'action-other';
}

/** Ignores runs that an action of Selfheal started; that action handles their failures. */
function ownRunResult({ workflow_run: { head_branch, event, display_title } }: CompletedRun): SourceResult | null {
  if (isFixBranch(head_branch ?? '')) return { kind: 'ignored', reason: 'branch-of-a-fix' };
  if (isSandboxRun(event, display_title ?? '')) return { kind: 'ignored', reason: 'try-of-a-fix' };
  return null;
}

function translate(body: CompletedRun, deliveryId: string): SourceResult {
  const { conclusion } = body.workflow_run;
  const succeeded = conclusion === 'success';
  const kind = succeeded ? 'run-succeeded' : mayBeStopped(body) ? 'run-cancelled' : 'run-failed';
  if (kind === 'run-failed' && !isFailure(conclusion)) {
    return { kind: 'ignored', reason: QUIET.has(conclusion) ? `conclusion-${conclusion}` : 'conclusion-other' };
  }
  const target = RunTarget.safeParse(targetOf(body));
  if (!target.success) return { kind: 'rejected', reason: firstProblem(target.error) };
  const { head_branch: branch } = body.workflow_run;
  return {
    kind: 'signal',
    branch: branch ? new RawRef(branch) : null,
    signal: {
      version: 1,
      deliveryId,
      source: 'github',
      kind,
      occurredAt: body.workflow_run.updated_at,
      target: target.data,
      tainted: taintedOf(body),
    },
  };
}

/** No job is over its time within the shortest time that a workflow can set: `timeout-minutes: 1`. */
const SHORTEST_TIMEOUT_MILLISECONDS = 60_000;

/**
 * Whether a cancelled run may have been stopped by GitHub, for a job over its time or a lost runner. The webhook does not
 * say who cancelled it: the intake asks for that.
 */
function mayBeStopped({ workflow_run: { conclusion, run_started_at, updated_at } }: CompletedRun): boolean {
  if (conclusion !== 'cancelled' || !run_started_at) return false;
  return Date.parse(updated_at) - Date.parse(run_started_at) >= SHORTEST_TIMEOUT_MILLISECONDS;
}

/** A branch of a merge queue, whose runs only GitHub starts: `gh-readonly-queue/main/pr-42-<commit>`. */
const QUEUE_BRANCH = /^gh-readonly-queue\/.+\/pr-(\d{1,10})-[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

function queuedPullRequest({ event, head_branch }: CompletedRun['workflow_run']): number | null {
  const number = event === 'merge_group' ? QUEUE_BRANCH.exec(head_branch ?? '')?.[1] : undefined;
  return number === undefined ? null : Number(number);
}

/** All fields are set by GitHub; the branch is only compared. */
function targetOf({ workflow_run: run, repository, installation }: CompletedRun): RunTarget {
  const own = run.head_repository?.id === repository.id;
  const pullRequest = run.pull_requests.find((pull) => pull.base.repo.id === repository.id);
  return {
    kind: 'run',
    host: 'github',
    installationId: installation?.id ?? null,
    repository: repository.full_name,
    repositoryId: repository.id,
    workflowId: run.workflow_id,
    runId: run.id,
    runAttempt: run.run_attempt,
    headSha: run.head_sha,
    event: run.event,
    pullRequest: pullRequest?.number ?? queuedPullRequest(run),
    onDefaultBranch: own && !run.event.startsWith('pull_request') && run.head_branch === repository.default_branch,
    actor: run.actor?.login ?? null,
  };
}

function taintedOf({ workflow_run: run }: CompletedRun) {
  const named = redactName(run.name ?? '', 120);
  const workflow = named === '' ? phrase`Workflow` : named;
  const title = redactName(run.display_title ?? '', 170);
  return {
    title: title === '' || title === workflow ? workflow : phrase`${workflow}: ${title}`,
    branch: run.head_branch ? redactName(run.head_branch, 300) : null,
    branchKey: null,
    reason: null,
  };
}
