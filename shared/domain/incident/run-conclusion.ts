const FAILED: ReadonlySet<string> = new Set(['failure', 'timed_out', 'startup_failure']);

/** Whether GitHub's conclusion of a run or of a job means that it broke; null: it has not ended. */
export function isFailure(conclusion: string | null): boolean {
  return conclusion !== null && FAILED.has(conclusion);
}
