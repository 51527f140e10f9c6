import { isoNow, makeTimers } from '@selfheal/fake-server/world-time.ts';
import { type AttemptState, type Conclusion, currentAttempt, planOf, type RunState } from './run-state.ts';
import type { Site } from './shapes-runs.ts';
import type { GithubState } from './state.ts';
import { workflowJobPayload, workflowRunPayload } from './webhook-payloads.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface RunLifecycle {
  /** Starts the next attempt, which completes after the run's `rerunMs`. */
  rerun(run: RunState): void;
  /** Completes the current attempt now, if it is running. */
  finish(run: RunState): void;
  /** Ends the current attempt as cancelled after the run's `cancelMs`. False when that was already requested. */
  cancel(run: RunState): boolean;
  /** Continues attempts that were running when the last process ended. */
  resume(): void;
  /** Drops all planned steps. */
  stop(): void;
}

/** Moves re-run attempts from queued to in progress to completed, and sends a webhook for each step. */
export function makeRunLifecycle(state: GithubState, site: Site, webhookSender: WebhookSender): RunLifecycle {
  const { after, stop } = makeTimers(state.time);
  const announce = (run: RunState, action: 'requested' | 'in_progress' | 'completed', attempt: AttemptState) =>
    void webhookSender.emit(run.repository, 'workflow_run', workflowRunPayload(state, site, run, action, attempt));

  function start(run: RunState, attempt: AttemptState): void {
    if (attempt.status !== 'queued') return;
    attempt.status = 'in_progress';
    attempt.updatedAt = isoNow(state.time);
    state.runs.put(run.id, run);
    announce(run, 'in_progress', attempt);
    after(run.rerunMs / 2, () => complete(run, attempt));
  }

  function complete(run: RunState, attempt: AttemptState): void {
    if (attempt.status === 'completed') return;
    completeAttempt(state, run, attempt, new Date(state.time.now()));
    state.runs.put(run.id, run);
    for (const job of attempt.jobs) {
      void webhookSender.emit(run.repository, 'workflow_job', workflowJobPayload(state, site, run, attempt, job));
    }
    announce(run, 'completed', attempt);
  }

  function endCancelled(run: RunState, attempt: AttemptState): void {
    if (attempt.status === 'completed') return;
    completeAttempt(state, run, attempt, new Date(state.time.now()), 'cancelled');
    state.runs.put(run.id, run);
    announce(run, 'completed', attempt);
  }

  return {
    rerun(run) {
      const at = isoNow(state.time);
      const number = currentAttempt(run).number + 1;
      const attempt: AttemptState = {
        number,
        status: 'queued',
        conclusion: null,
        startedAt: at,
        updatedAt: at,
        jobs: [],
      };
      run.attempts.push(attempt);
      state.runs.put(run.id, run);
      announce(run, 'requested', attempt);
      after(run.rerunMs / 2, () => start(run, attempt));
    },
    finish(run) {
      const attempt = currentAttempt(run);
      if (attempt.status !== 'completed') complete(run, attempt);
    },
    cancel(run) {
      const attempt = currentAttempt(run);
      if (attempt.cancelling) return false;
      attempt.cancelling = true;
      state.runs.put(run.id, run);
      after(run.cancelMs, () => endCancelled(run, attempt));
      return true;
    },
    resume() {
      for (const run of state.runs.all()) {
        const attempt = currentAttempt(run);
        if (attempt.cancelling) after(run.cancelMs, () => endCancelled(run, attempt));
        if (attempt.status === 'queued') after(run.rerunMs / 2, () => start(run, attempt));
        if (attempt.status === 'in_progress') after(run.rerunMs / 2, () => complete(run, attempt));
      }
    },
    stop,
  };
}

/** Completes an attempt with the jobs and the conclusion of its plan, or with another conclusion. */
export function completeAttempt(
  state: GithubState,
  run: RunState,
  attempt: AttemptState,
  at: Date,
  conclusion?: Conclusion,
): void {
  const plan = planOf(run, attempt.number);
  attempt.jobs = plan.jobs.map((job) => ({
    ...job,
    conclusion: conclusion ?? job.conclusion,
    id: state.nextId(),
    startedAt: attempt.startedAt,
    completedAt: at.toISOString(),
  }));
  attempt.status = 'completed';
  attempt.conclusion = conclusion ?? plan.conclusion;
  attempt.updatedAt = at.toISOString();
}
