import { currentAttempt, type RunState } from './run-state.ts';
import type { Site } from './shapes-runs.ts';
import type { DeliveryState, GithubState } from './state.ts';
import { pingPayload, pushPayload, workflowJobPayload, workflowRunPayload } from './webhook-payloads.ts';
import type { WebhookSender } from './webhook-sender.ts';

type RunAction = 'requested' | 'in_progress' | 'completed';

/** Sends webhooks. Each method resolves when every delivery has been answered or has failed. */
export interface WebhookEvents {
  /** Sends `workflow_run` for an attempt (default: the current one). */
  announceRun(runId: number, action?: RunAction, attempt?: number): Promise<DeliveryState[]>;
  /** Sends `workflow_job` with action completed for every job of the current attempt. */
  announceJobs(runId: number): Promise<DeliveryState[]>;
  ping(repository: string): Promise<DeliveryState[]>;
  push(repository: string, branch: string, message: string): Promise<DeliveryState[]>;
  /** The payload that `announceRun` would send. */
  runPayload(runId: number, action?: RunAction, attempt?: number): object;
}

export function makeWebhookEvents(state: GithubState, site: Site, webhookSender: WebhookSender): WebhookEvents {
  const runPayload: WebhookEvents['runPayload'] = (id, action = 'completed', number) => {
    const run = knownRun(state, id);
    const attempt = run.attempts.find((one) => one.number === number) ?? currentAttempt(run);
    return workflowRunPayload(state, site, run, action, attempt);
  };
  return {
    runPayload,
    // Async, so that an unknown run rejects instead of throwing.
    announceRun: async (id, action, attempt) =>
      webhookSender.emit(knownRun(state, id).repository, 'workflow_run', runPayload(id, action, attempt)),
    async announceJobs(id) {
      const run = knownRun(state, id);
      const attempt = currentAttempt(run);
      const payloads = attempt.jobs.map((job) => workflowJobPayload(state, site, run, attempt, job));
      return (await Promise.all(payloads.map((one) => webhookSender.emit(run.repository, 'workflow_job', one)))).flat();
    },
    async ping(repository) {
      const hooks = state.hooks.all().filter((hook) => hook.repository === repository);
      const sent = hooks.map((hook) => webhookSender.emit(repository, 'ping', pingPayload(state, site, hook)));
      return (await Promise.all(sent)).flat();
    },
    push: async (repository, branch, message) =>
      webhookSender.emit(repository, 'push', pushPayload(state, site, repository, branch, message)),
  };
}

/** Throws when there is no such run. */
export function knownRun(state: GithubState, id: number): RunState {
  const run = state.runs.get(id);
  if (run === undefined) throw new Error(`There is no run ${id}.`);
  return run;
}
