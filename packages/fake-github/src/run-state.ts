/** How a step, job or attempt ended. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out' | 'neutral' | 'startup_failure';

interface StepState {
  readonly number: number;
  readonly name: string;
  readonly conclusion: Conclusion;
}

export interface JobState {
  readonly id: number;
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly steps: readonly StepState[];
  /** How long it waited for a runner before `startedAt`; 0 when absent. */
  readonly queuedMs?: number;
  /** What its runner said beside the log, as annotations of its check run. */
  readonly runnerSays?: readonly string[];
  readonly startedAt: string;
  readonly completedAt: string;
}

export interface AttemptState {
  readonly number: number;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: Conclusion | null;
  readonly startedAt: string;
  updatedAt: string;
  /** Whether cancelling was requested; reads do not show it until the attempt has ended. */
  cancelling?: boolean;
  /** Empty until the attempt completed. */
  jobs: readonly JobState[];
}

/** How an attempt of a run ends. */
export interface AttemptPlan {
  readonly conclusion: Conclusion;
  readonly jobs: readonly {
    name: string;
    conclusion: Conclusion;
    steps: readonly StepState[];
    queuedMs?: number;
    runnerSays?: readonly string[];
  }[];
  /** Key of its log archive; null when the log has expired. */
  readonly archiveKey: string | null;
}

export interface RunState {
  readonly id: number;
  readonly repository: string;
  readonly workflowId: number;
  readonly workflowName: string;
  readonly workflowPath: string;
  readonly runNumber: number;
  readonly event: string;
  readonly branch: string;
  readonly headSha: string;
  readonly title: string;
  readonly actor: string;
  /** Who pushed its commit and who started it, when they differ from the actor. */
  readonly pusher?: string;
  readonly triggeredBy?: string;
  readonly pullRequest: number | null;
  /** `owner/name` of the repository of its head, where that is a fork. GitHub then names no pull request. */
  readonly fork?: string;
  readonly createdAt: string;
  /** Milliseconds from the request for a re-run to its completion. */
  readonly rerunMs: number;
  /** Milliseconds from a request to cancel to the end of the run. */
  readonly cancelMs: number;
  /** One per attempt; the last is repeated. */
  readonly plans: readonly [AttemptPlan, ...AttemptPlan[]];
  readonly attempts: AttemptState[];
}

/** The newest attempt. Throws when the run has none. */
export function currentAttempt(run: RunState): AttemptState {
  const attempt = run.attempts.at(-1);
  if (attempt === undefined) throw new Error(`Run ${run.id} has no attempt.`);
  return attempt;
}

/** The plan of an attempt, counted from 1. */
export function planOf(run: RunState, attempt: number): AttemptPlan {
  return run.plans[Math.min(attempt, run.plans.length) - 1] ?? run.plans[0];
}
