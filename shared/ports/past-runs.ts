import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Run } from './code-host.ts';
import type { FoundRun } from './run-finder.ts';

/** A completed workflow run as it is now. */
export interface PastRun {
  readonly run: Run;
  readonly found: FoundRun;
  readonly event: string;
  /** Tainted. */
  readonly branch: RedactedText | null;
  /** Digest of workflow, branch and the repository of its head: runs of one place follow each other. */
  readonly place: string;
  /** Whether it ran the code of the default branch. */
  readonly onDefaultBranch: boolean;
}

/** The files that lie between two commits, as far as the code host lists them. */
interface ChangesBetween {
  readonly files: number;
  /** Whether one of them is this file, by `isSameFile`. */
  touches(named: string): boolean;
}

/** Reads a repository's past runs. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface PastRuns {
  /** Completed runs page by page, newest first. */
  pages(repository: string): AsyncGenerator<readonly PastRun[]>;
  /** The same run as an earlier attempt left it. */
  attempt(past: PastRun, attempt: number): Promise<PastRun>;
  /** Null when a commit is gone, or may not be read. */
  changesBetween(repository: string, from: string, to: string): Promise<ChangesBetween | null>;
}
