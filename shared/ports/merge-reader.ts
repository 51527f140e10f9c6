/** A merged pull request. Its words stay inside: anybody may have written them. */
export interface MergedPullRequest {
  readonly number: number;
  /** ISO 8601. */
  readonly mergedAt: string;
  /** Whether its title, text or branch names this, as a word of its own, in any case. */
  names(word: string): boolean;
}

/** Reads what was merged. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface MergeReader {
  /** Pull requests into the default branch that were merged since then, among the last 200 that changed; the newest change first. */
  mergedSince(repository: string, since: Date): Promise<readonly MergedPullRequest[]>;
}
