import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

export interface PullRequestNote {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** The commit that it was merged as; null unless it is merged. */
  readonly mergedAs: string | null;
  readonly draft: boolean;
  readonly branch: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export interface IssueNote {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed';
  readonly body: string;
  readonly labels: readonly string[];
  /** When anything about it changed last, ISO 8601. */
  readonly updatedAt: string;
}

export interface NewDraft {
  readonly title: RedactedText;
  readonly body: RedactedText;
  readonly branch: string;
  /** The branch it is for. */
  readonly base: RawRef;
}

/**
 * Pull requests and issues that we wrote; nobody else's are ever returned. Throws `Retryable` or `Refused`; `openDraft`
 * and `openIssue` throw `OutcomeUnknown` when their answer was lost and are never repeated blindly.
 */
export interface Proposals {
  /**
   * The newest of our pull requests whose branch has this prefix, newest first; among the last 500 of the repository.
   */
  pullRequests(repository: string, branchPrefix: string): Promise<PullRequestNote[]>;
  /** Numbers of all pull requests that were merged as exactly this commit. */
  mergedAs(repository: string, commit: string): Promise<number[]>;
  openDraft(repository: string, draft: NewDraft): Promise<PullRequestNote>;
  /** Adds labels to a pull request or an issue; existing labels stay. */
  addLabels(repository: string, number: number, labels: readonly string[]): Promise<void>;
  /** Our issues with the label, open and closed, newest first; of the last 500 that have it. */
  issues(repository: string, label: string): Promise<IssueNote[]>;
  /** The newest of our issues with the label whose body contains the marker, or null. */
  findIssue(repository: string, label: string, marker: string): Promise<IssueNote | null>;
  openIssue(
    repository: string,
    issue: { title: RedactedText; body: RedactedText; labels: readonly string[]; assignees: readonly string[] },
  ): Promise<IssueNote>;
}
