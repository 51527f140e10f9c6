import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

/** A workflow run that was looked for, instead of being reported by a webhook. */
export interface FoundRun {
  readonly id: number;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  /** Name of its workflow. Tainted. */
  readonly workflow: RedactedText;
  readonly url: string;
  readonly headSha: string;
  /** Pull requests that the code host lists for it: none for one from a fork. */
  readonly pullRequests: readonly number[];
  /** The run and its repository as a webhook would report them; the source plug-in reads it. */
  readonly report: unknown;
}

export interface FoundPullRequest {
  readonly number: number;
  readonly headSha: string;
}

/** Finds workflow runs. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface RunFinder {
  /** `attempt` null: the latest. With `pullRequest`, it is reported as a run of that one. */
  run(repository: string, runId: number, attempt: number | null, pullRequest?: number): Promise<FoundRun>;
  pullRequest(repository: string, number: number): Promise<FoundPullRequest>;
  /** The newest run of each workflow on the newest commit of a pull request, newest first. */
  runsOf(repository: string, pullRequest: FoundPullRequest): Promise<FoundRun[]>;
  /** The newest run that failed; null when none of the repository did. */
  latestFailed(repository: string): Promise<FoundRun | null>;
}
