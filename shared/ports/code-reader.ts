import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

/** Tainted, like everything in this file: the author of the commit worded it. */
export interface ChangedFile {
  readonly path: RawRef;
  readonly shown: RedactedText;
  readonly status: RedactedText;
  readonly additions: number;
  readonly deletions: number;
  /** Lines of the unified diff without file headers, redacted as a whole; null for binary and very large files. */
  readonly patch: readonly RedactedText[] | null;
}

interface CommitNote {
  readonly sha: string;
  /** ISO 8601. */
  readonly at: string | null;
  /** Login of the author, or null when no account is known. */
  readonly author: RedactedText | null;
  /** First line of the message. */
  readonly title: RedactedText;
}

/** Reads source code and its history from the code host. Throws `Retryable` or `Refused`. */
export interface CodeReader {
  /** Files that the commit or the pull request changes; at most 100. */
  changedFiles(repository: string, change: { sha: string; pullRequest: number | null }): Promise<ChangedFile[]>;
  /** The newest commits up to `sha` that touched the file, newest first. Empty for a path that never existed. */
  commitsOf(repository: string, sha: string, path: RawRef, limit: number): Promise<CommitNote[]>;
}
