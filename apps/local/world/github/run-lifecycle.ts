import type { Hookshot } from './hookshot.ts';
import { type AttemptState, type Conclusion, currentAttempt, planOf, type RunState } from './run-state.ts';
import type { Site } from './shapes-runs.ts';
import type { GithubState } from './state.ts';
import { workflowJobPayload, workflowRunPayload } from './webhook-payloads.ts';

export interface RunLifecycle {
  /** Starts the next attempt; it completes by itself after the run's `rerunMs`. */
  rerun(run: RunState): void;
  /** Completes the current attempt now, if it runs. */
  finish(run: RunState): void;
  /** Ends the current attempt as cancelled, after as long as it takes GitHub. */
  cancel(run: RunState): void;
  /** Goes on with attempts that were running when the world's process ended. */
  resume(): void;
  /** Forgets what is still to come. */
  stop(): void;
}

/** Milliseconds until a cancelled run has ended. */
const CANCEL_MS = 50;

/** Moves re-run attempts from queued over in progress to completed, and announces each step by webhook. */
export function makeRunLifecycle(state: GithubState, site: Site, hookshot: Hookshot): RunLifecycle {
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, step: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      step();
    }, ms);
    timers.add(timer);
  };
  const announce = (run: RunState, action: 'requested' | 'in_progress' | 'completed', attempt: AttemptState) =>
    void hookshot.emit(run.repository, 'workflow_run', workflowRunPayload(state, site, run, action, attempt));

  function start(run: RunState, attempt: AttemptState): void {
    if (attempt.status !== 'queued') return;
    attempt.status = 'in_progress';
    attempt.updatedAt = new Date().toISOString();
    state.runs.put(run.id, run);
    announce(run, 'in_progress', attempt);
    after(run.rerunMs / 2, () => complete(run, attempt));
  }

  function complete(run: RunState, attempt: AttemptState): void {
    if (attempt.status === 'completed') return;
    completeAttempt(state, run, attempt, new Date());
    state.runs.put(run.id, run);
    for (const job of attempt.jobs) {
      void hookshot.emit(run.repository, 'workflow_job', workflowJobPayload(state, site, run, attempt, job));
    }
    announce(run, 'completed', attempt);
  }

  return {
    rerun(run) {
      const at = new Date().toISOString();
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
      after(CANCEL_MS, () => {
        if (attempt.status === 'completed') return;
        completeAttempt(state, run, attempt, new Date(), 'cancelled');
        state.runs.put(run.id, run);
        announce(run, 'completed', attempt);
      });
    },
    resume() {
      for (const run of state.runs.all()) {
        const attempt = currentAttempt(run);
        if (attempt.status === 'queued') after(run.rerunMs / 2, () => start(run, attempt));
        if (attempt.status === 'in_progress') after(run.rerunMs / 2, () => complete(run, attempt));
      }
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Gives an attempt the jobs and the conclusion that its plan says, or another conclusion. */
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
