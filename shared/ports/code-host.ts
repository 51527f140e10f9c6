import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { JobName } from '@selfheal/log-reading/logs/job-name.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';
import type { RunPeople } from '#shared/domain/incident/target-context.ts';
import type { PullRequestState } from '#shared/domain/policy/closed-pull-request.ts';

export interface Run {
  readonly id: number;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly url: string;
  readonly workflowId: number;
  readonly headSha: string;
  readonly createdAt: string;
  /** When this attempt began, and when it was last updated: its end, once it is completed. ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** The branch it ran for, where a pull request may target it: see `isBaseBranch`. */
  readonly baseBranch: RawRef | null;
  /** Whether that branch is in another or an unknown repository. */
  readonly fromFork: boolean;
}

/** A file as it is on the default branch. `problem`: why its text cannot be used, a clause without a full stop. */
export type DefaultBranchFile =
  | { readonly kind: 'missing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unusable'; readonly problem: string };

/** The branch on which workflows are dispatched. */
interface DefaultBranch {
  readonly name: RawRef;
  /** Whether anybody may read the repository. */
  readonly isPublic: boolean;
}

export interface Job {
  readonly id: number;
  readonly name: JobName;
  readonly conclusion: string | null;
  readonly url: string | null;
  /** Tainted name of the first failed step, or null. */
  readonly failedStep: RedactedText | null;
}

/** How a job ended in one attempt of a run. */
export interface JobAttempt {
  readonly runId: number;
  readonly attempt: number;
  readonly name: JobName;
  readonly conclusion: string | null;
  /** ISO 8601; absent where the code host does not say it. */
  readonly completedAt?: string;
}

export type LogArchive =
  | { kind: 'archive'; bytes: Uint8Array }
  /** Why there is none, in plain words. */
  | { kind: 'unavailable'; reason: RedactedText };

/** Reads the logs of jobs that have ended, also while their run goes on. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface JobLogs {
  /** The text of the job's log as bytes, cut off with `unavailable` when larger than `maxBytes`. */
  jobLog(repository: string, jobId: number, maxBytes: number): Promise<LogArchive>;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly url: string;
  readonly authorIsUs: boolean;
}

/** Identifies a check run of ours: `externalId` is ours, the name is what people see. */
interface CheckPlace {
  readonly headSha: string;
  readonly name: string;
  readonly externalId: string;
}

/** What a check run says. It is always completed and neutral: it neither blocks a merge nor vouches for anything. */
export interface CheckText extends CheckPlace {
  /** The page that says more; null where none is known. */
  readonly detailsUrl: string | null;
  readonly title: RedactedText;
  /** Markdown, at most 65,535 characters each. */
  readonly summary: RedactedText;
  readonly text: RedactedText;
  /** The line that the cause names. An update does not repeat it. */
  readonly annotation: { readonly path: string; readonly line: number; readonly message: RedactedText } | null;
}

export interface CheckRun {
  readonly id: number;
  readonly url: string;
}

export interface FailedDelivery {
  readonly id: number;
  readonly guid: string;
  readonly deliveredAt: string;
  /** How often GitHub tried, including this attempt. */
  readonly attempts: number;
}

/**
 * GitHub. Every method throws `Retryable` (`Unreachable` for 5xx, network and timeout; `RateLimited` for 429 and rate limits) or `Refused` (401, 403, 404,
 * 422), after its own few retries with jitter that honour a short `retry-after`.
 * Effects that must not be done twice (`rerunFailedJobs`, `rerunRun`, `cancelRun`, `dispatchWorkflow`, `createComment`, `createCheck`, `redeliver`) are never repeated after a lost answer:
 * they throw `OutcomeUnknown`, and the caller observes.
 */
export interface CodeHost {
  getRun(repository: string, runId: number): Promise<Run>;
  listJobs(repository: string, runId: number, attempt: number): Promise<Job[]>;
  /** The people behind a run of a pull request or a commit. */
  peopleBehind(
    repository: string,
    run: { readonly runId: number; readonly pullRequest: number | null; readonly headSha: string },
  ): Promise<RunPeople>;
  /**
   * What GitHub itself says about a failed or cancelled job beside its log: a time limit, a lost runner, who cancelled it.
   * Refused without the permission Checks: read.
   */
  runnerMessages(repository: string, jobId: number): Promise<RedactedText[]>;
  /** How jobs are defined at a commit, each in one line, where the host keeps that in one file; empty otherwise. Redacted and tainted. */
  jobDefinitions(repository: string, sha: string, names: readonly JobName[]): Promise<RedactedText[]>;
  /**
   * The pull request that a run of a fork belongs to, found by repository and branch of its head; null when there is none,
   * or the fork is gone.
   */
  pullRequestOfRun(repository: string, runId: number): Promise<number | null>;
  pullRequestState(repository: string, number: number): Promise<PullRequestState>;
  /** The jobs of every attempt of a run, at most 300. */
  listJobAttempts(repository: string, runId: number): Promise<JobAttempt[]>;
  /**
   * Newest completed runs of a workflow on one commit, newest first, started by the same kind of event; other events
   * may merge the commit with something else.
   */
  listCommitRuns(
    repository: string,
    commit: { workflowId: number; headSha: string; event: string },
    limit: number,
  ): Promise<Run[]>;
  /** Runs of a workflow on one commit that a push started, in any state, newest first. */
  listPushRuns(repository: string, workflowId: number, headSha: string): Promise<Run[]>;
  /**
   * The attempt's log archive (zip), cut off with `unavailable` when larger than `maxBytes`. With `withinMilliseconds` the download is
   * tried once and given up after that time.
   */
  downloadLogs(
    repository: string,
    runId: number,
    attempt: number,
    maxBytes: number,
    withinMilliseconds?: number,
  ): Promise<LogArchive>;
  /** Newest completed runs of a workflow on the default branch, newest first. */
  listDefaultBranchRuns(repository: string, workflowId: number, limit: number): Promise<Run[]>;
  defaultBranch(repository: string): Promise<DefaultBranch>;
  /** The file at the head of the default branch, whatever a run or a pull request is about; at most `maxBytes`. */
  defaultBranchFile(repository: string, path: string, maxBytes: number): Promise<DefaultBranchFile>;
  /** Starts a run of the workflow in `.github/workflows/<file>` as it is at the head of the branch. */
  dispatchWorkflow(
    repository: string,
    file: string,
    branch: RawRef,
    inputs: Readonly<Record<string, string>>,
  ): Promise<void>;
  /**
   * The oldest run of the workflow that was dispatched on the branch and has this title, among the newest 100; null
   * when there is none.
   */
  findDispatchedRun(repository: string, file: string, branch: RawRef, title: string): Promise<Run | null>;
  /** Whether the same workflow ran on the same branch later (for a release: on any). False for a pull request's runs. */
  hasNewerRun(repository: string, runId: number): Promise<boolean>;
  rerunFailedJobs(repository: string, runId: number): Promise<void>;
  /** Re-runs all jobs of the run, including those that passed. */
  rerunRun(repository: string, runId: number): Promise<void>;
  /** Asks GitHub to cancel; the run ends some seconds later. A second request changes nothing. */
  cancelRun(repository: string, runId: number): Promise<void>;
  /** The comment that contains the marker and was written by us, or null. Reads all pages. */
  findComment(repository: string, issue: number, marker: string): Promise<Comment | null>;
  /** All such comments, oldest first. */
  listComments(repository: string, issue: number, marker: string): Promise<Comment[]>;
  createComment(repository: string, issue: number, body: RedactedText): Promise<Comment>;
  updateComment(repository: string, commentId: number, body: RedactedText): Promise<Comment>;
  /** The check run at this place that our app wrote, or null. */
  findCheck(repository: string, place: CheckPlace): Promise<CheckRun | null>;
  /** Refused with words for a token that is no GitHub App's: nobody else may write check runs. */
  createCheck(repository: string, check: CheckText): Promise<CheckRun>;
  updateCheck(repository: string, checkRunId: number, check: CheckText): Promise<CheckRun>;
  /**
   * Failed deliveries of the repository's webhook at `url`, newer than `since`, oldest first; those that were
   * redelivered successfully are left out.
   */
  listFailedDeliveries(
    repository: string,
    url: string,
    since: Date,
  ): Promise<{ hookId: number; deliveries: FailedDelivery[] } | null>;
  redeliver(repository: string, hookId: number, deliveryId: number): Promise<void>;
}

/** Looks up a repository by name. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface RepositoryDirectory {
  /** As the code host knows it now. Its name differs from the requested one after a rename or a transfer. */
  lookUp(name: string): Promise<RepositoryIdentity>;
}

/** What somebody may do in a repository, by GitHub's names of the base roles: on GitLab, Developer is `write` and Maintainer `admin`. */
export type Permission = 'none' | 'read' | 'write' | 'admin';

/** An account as an event names it. */
export interface CodeHostAccount {
  readonly login: string;
  /** Its number; undefined where the event does not say it. */
  readonly id?: number | undefined;
}

/** A comment on a pull or merge request. */
interface CommentPlace {
  readonly pullRequest: number;
  readonly commentId: number;
}

/** A command in a comment. */
interface CommandPlace extends CommentPlace {
  readonly request: CommentCommand['request'];
}

/** Reaction to a command: carried out, refused, nothing to decide, answered. */
export type CommentSign = '+1' | '-1' | 'confused' | 'eyes';

/** People on the code host, and what they wrote. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface People {
  /**
   * `maintain` counts as `write` and `triage` as `read`; without access, or for an unknown account, `none`. Refused where the account of
   * this login has another number.
   */
  permissionOf(repository: string, account: CodeHostAccount): Promise<Permission>;
  /**
   * Whether a person wrote this command: asked of a host whose events are not signed, or do not say who is a bot. False as well where the
   * comment is gone, or says something else by now.
   */
  wrote(repository: string, account: CodeHostAccount, command: CommandPlace): Promise<boolean>;
  /** Adds a reaction to a comment. Adding it twice is harmless. */
  react(repository: string, comment: CommentPlace, sign: CommentSign): Promise<void>;
  /** Writes into a thread of a pull or merge request. Refused on a host without threads. */
  replyInThread(repository: string, pullRequest: number, thread: string, body: RedactedText): Promise<void>;
}

/** The account that has this login now; null when none has. */
export type AccountLookUp = (login: string) => Promise<{ readonly id: number } | null>;
