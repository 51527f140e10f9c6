export interface ChangedFile {
  /** Tainted, as everything here: worded by whoever committed. */
  readonly path: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  /** Unified diff without file headers; null for binary and very large files. */
  readonly patch: string | null;
}

export interface CommitNote {
  readonly sha: string;
  /** ISO 8601. */
  readonly at: string | null;
  /** Login of the author, or null when no account is known. */
  readonly author: string | null;
  /** First line of the message. */
  readonly title: string;
}

/** Reads source code and its history from the code host, nothing more. Throws `Retryable` or `Refused`. */
export interface CodeReader {
  /** What the commit changed, or what the pull request changes; at most 100 files. */
  changedFiles(repository: string, change: { sha: string; pullRequest: number | null }): Promise<ChangedFile[]>;
  /** The newest commits up to `sha` that touched the file, newest first. Empty for a path that never was. */
  commitsOf(repository: string, sha: string, path: string, limit: number): Promise<CommitNote[]>;
}
