import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { DiffFile } from '../domain/pull-request/diff-lines.ts';
import type { LineNote } from '../domain/pull-request/line-notes.ts';

/** A comment of ours or of somebody else. */
export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly url: string;
  readonly authorIsUs: boolean;
}

export interface Check {
  readonly name: string;
  readonly headSha: string;
  /** Ours: by it the check is known again. */
  readonly externalId: string;
  readonly conclusion: 'failure' | 'neutral' | 'success';
  readonly title: RedactedText;
  /** Markdown, at most 65,535 characters. */
  readonly summary: RedactedText;
  readonly detailsUrl: string;
}

export interface FoundCheck {
  readonly id: number;
  readonly externalId: string;
  readonly url: string;
  readonly annotationCount: number;
}

/** A comment on lines of the diff. */
interface LineComment {
  /** Tainted. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly headSha: string;
  readonly body: RedactedText;
}

/**
 * `taken`: nobody else gets it until it is released. `held`: somebody has it since `since` (ISO 8601). `gone`: the comment was deleted.
 */
type CommentLock =
  | { readonly kind: 'taken'; readonly id: number }
  | { readonly kind: 'held'; readonly id: number; readonly since: string }
  | { readonly kind: 'gone' };

/**
 * What is written about a pull request: one comment, checks of its commits, comments on its lines. Throws `Retryable` and `Refused` like `CodeHost`;
 * `createComment`, `createCheck` and `commentOnLines` throw `OutcomeUnknown` when their answer was lost and are never repeated blindly.
 */
export interface PullRequestFeedback {
  /** The host's name, and what a token needs to comment there; of GitHub by default. */
  readonly host?: { readonly title: string; readonly right: string };
  /** Why the host has neither checks nor comments at lines; absent where it has them. */
  readonly withoutChecks?: string;
  /** Ours that contain the marker, oldest first. */
  listComments(repository: string, pullRequest: number, marker: string): Promise<Comment[]>;
  createComment(repository: string, pullRequest: number, body: RedactedText): Promise<Comment>;
  updateComment(repository: string, commentId: number, body: RedactedText): Promise<Comment>;
  /** Does nothing when it is gone. */
  deleteComment(repository: string, commentId: number): Promise<void>;
  /** One of all processes that write under our name gets the lock of a comment. It shows as a reaction while it is held. */
  lockComment(repository: string, commentId: number): Promise<CommentLock>;
  /** Does nothing when it is gone. */
  unlockComment(repository: string, commentId: number, lock: number): Promise<void>;
  /** Of the pull request, at most 300. */
  changedFiles(repository: string, pullRequest: number): Promise<DiffFile[]>;
  /** The newest check of this name that we wrote for the commit, whose external id begins with `prefix`. */
  findCheck(repository: string, headSha: string, name: string, prefix: string): Promise<FoundCheck | null>;
  annotationsOf(repository: string, checkId: number): Promise<LineNote[]>;
  createCheck(repository: string, check: Check, annotations: readonly LineNote[]): Promise<FoundCheck>;
  /** Replaces everything but the annotations, to which it adds. */
  updateCheck(repository: string, checkId: number, check: Check, annotations: readonly LineNote[]): Promise<FoundCheck>;
  /** Ours that contain the marker. */
  listLineComments(repository: string, pullRequest: number, marker: string): Promise<Comment[]>;
  commentOnLines(repository: string, pullRequest: number, comment: LineComment): Promise<Comment>;
}
