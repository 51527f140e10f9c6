import { type AttemptState, currentAttempt, type RunState } from './run-state.ts';
import type { CommentState } from './state.ts';

/** The attempt of a run that a read shows which lags behind by so many milliseconds. */
export function shownAttempt(run: RunState, lagMs: number, now: number): AttemptState {
  if (lagMs === 0) return currentAttempt(run);
  const [first, ...later] = run.attempts;
  const attempt = later.findLast(({ startedAt }) => isShown(startedAt, now - lagMs)) ?? first ?? currentAttempt(run);
  if (attempt === first || isShown(attempt.updatedAt, now - lagMs)) return attempt;
  return { ...attempt, status: 'in_progress', conclusion: null };
}

/** The comments that such a listing has already. */
export function shownComments(comments: readonly CommentState[], lagMs: number, now: number): readonly CommentState[] {
  return lagMs === 0 ? comments : comments.filter(({ createdAt }) => isShown(createdAt, now - lagMs));
}

const isShown = (at: string, then: number): boolean => Date.parse(at) <= then;
