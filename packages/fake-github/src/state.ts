import { createHash } from 'node:crypto';
import { type Collection, makeCollection } from '@selfheal/fake-server/collection.ts';
import type { WorldTime } from '@selfheal/fake-server/world-time.ts';
import { type ArchiveShelf, makeArchiveShelf } from './archive-shelf.ts';
import { type AttemptState, currentAttempt, type RunState } from './run-state.ts';

export interface Repository {
  readonly id: number;
  /** `owner/name`. */
  readonly fullName: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly createdAt: string;
  /** GitHub App installation named in webhooks; null for a plain repository hook. */
  readonly installationId: number | null;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly repository: string;
  readonly title: string;
  readonly author: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly createdAt: string;
  readonly body?: string | null;
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  readonly state?: 'open' | 'closed';
  readonly mergedAt?: string;
  readonly mergedAs?: string;
  /** `owner/name` of the fork that its branch is in; absent: the repository itself. */
  readonly fork?: string;
  /** 2 when absent. */
  readonly commits?: number;
  /** The target branch; the default branch when absent. Open unless `state` says otherwise. */
  readonly base?: string;
}

/** `ref` is `heads/x`. */
interface ReferenceState {
  readonly repository: string;
  readonly ref: string;
  readonly sha: string | null;
}

export interface IssueState {
  readonly id: number;
  readonly number: number;
  readonly repository: string;
  readonly title: string;
  readonly body: string | null;
  readonly author: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly state: 'open' | 'closed';
  readonly stateReason?: 'completed' | 'not_planned' | 'reopened' | null;
  readonly closedAt?: string | null;
  readonly createdAt: string;
  /** Absent until it is changed. */
  readonly updatedAt?: string;
}

/** A commit's change of one file. */
export interface FileChange {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'removed';
  readonly additions: number;
  readonly deletions: number;
  /** Unified diff without file headers; null for binary files. */
  readonly patch: string | null;
  /** The file after the change, where known. */
  readonly content?: string;
}

export interface CommitState {
  readonly id: number;
  readonly repository: string;
  readonly sha: string;
  readonly message: string;
  readonly author: string;
  readonly at: string;
  /** Its pull request, or null on the default branch. */
  readonly pullRequest: number | null;
  readonly files: readonly FileChange[];
}

export interface CommentState {
  readonly id: number;
  readonly repository: string;
  readonly issue: number;
  readonly author: string;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** A reaction under a comment; a person has at most one of each content. */
export interface ReactionState {
  readonly id: number;
  readonly comment: number;
  readonly author: string;
  readonly content: string;
  readonly createdAt: string;
}

/** By GitHub's names, as clients send it. */
export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckRunState {
  readonly id: number;
  readonly repository: string;
  readonly author: string;
  readonly name: string;
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly externalId: string;
  readonly detailsUrl: string;
  readonly title: string | null;
  readonly summary: string | null;
  /** Absent in states of before it was kept. */
  readonly text?: string | null;
  readonly annotations: readonly CheckAnnotation[];
  readonly startedAt: string;
  readonly completedAt: string | null;
}

/** A comment on lines of a pull request's diff. */
export interface ReviewCommentState {
  readonly id: number;
  readonly repository: string;
  readonly pullRequest: number;
  readonly author: string;
  readonly body: string;
  readonly path: string;
  readonly line: number;
  readonly startLine: number | null;
  readonly commit: string;
  /** Header of its hunk. */
  readonly hunk: string;
  readonly createdAt: string;
}

export interface HookState {
  readonly id: number;
  readonly repository: string;
  readonly url: string;
  readonly createdAt: string;
}

export interface DeliveryState {
  readonly id: number;
  readonly guid: string;
  readonly hookId: number;
  readonly repository: string;
  readonly event: string;
  readonly action: string | null;
  readonly redelivery: boolean;
  readonly deliveredAt: string;
  readonly payload: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Null while it is in progress. */
  result: {
    status: string;
    statusCode: number;
    seconds: number;
    responseHeaders: Record<string, string>;
    responseBody: string;
  } | null;
}

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

export interface GitCommit {
  readonly sha: string;
  readonly repository: string;
  readonly message: string;
  readonly author: string;
  readonly at: string;
  readonly parents: readonly string[];
  readonly files: Files;
}

/** The state of the fake GitHub. */
export interface GithubState {
  readonly time: WorldTime;
  readonly repositories: Collection<Repository>;
  readonly pullRequests: Collection<PullRequest>;
  readonly commits: Collection<CommitState>;
  readonly runs: Collection<RunState>;
  readonly comments: Collection<CommentState>;
  readonly issues: Collection<IssueState>;
  readonly reactions: Collection<ReactionState>;
  readonly checkRuns: Collection<CheckRunState>;
  readonly reviewComments: Collection<ReviewCommentState>;
  /** Commits made through the API, by `owner/name@sha`. */
  readonly gitCommits: Collection<GitCommit>;
  readonly gitTrees: Collection<{ readonly files: Files }>;
  /** By `owner/name@heads/branch`; null after deletion. */
  readonly references: Collection<ReferenceState>;
  readonly hooks: Collection<HookState>;
  readonly deliveries: Collection<DeliveryState>;
  readonly archives: ArchiveShelf;
  /** Ids increase and are unique over all kinds, also after a restart. */
  nextId(): number;
}

/** Pull requests and issues of a repository share one sequence of numbers. */
export function nextNumber({ pullRequests, issues }: GithubState, repository: string): number {
  const taken = [...pullRequests.all(), ...issues.all()].filter((one) => one.repository === repository);
  return Math.max(0, ...taken.map(({ number }) => number)) + 1;
}

/** Ids are as large as GitHub's, so that clients which keep them in 32 bits fail here too. */
const FIRST_ID = 16_000_000_001;

export function makeGithubState(time: WorldTime, dataDir?: string): GithubState {
  const state = {
    time,
    repositories: makeCollection<Repository>(dataDir, 'github/repositories'),
    pullRequests: makeCollection<PullRequest>(dataDir, 'github/pull-requests'),
    commits: makeCollection<CommitState>(dataDir, 'github/commits'),
    runs: makeCollection<RunState>(dataDir, 'github/runs'),
    comments: makeCollection<CommentState>(dataDir, 'github/comments'),
    issues: makeCollection<IssueState>(dataDir, 'github/issues'),
    reactions: makeCollection<ReactionState>(dataDir, 'github/reactions'),
    checkRuns: makeCollection<CheckRunState>(dataDir, 'github/check-runs'),
    reviewComments: makeCollection<ReviewCommentState>(dataDir, 'github/review-comments'),
    gitCommits: makeCollection<GitCommit>(dataDir, 'github/git-commits'),
    gitTrees: makeCollection<{ readonly files: Files }>(dataDir, 'github/git-trees'),
    references: makeCollection<ReferenceState>(dataDir, 'github/references'),
    hooks: makeCollection<HookState>(dataDir, 'github/hooks'),
    deliveries: makeCollection<DeliveryState>(dataDir, 'github/deliveries'),
    archives: makeArchiveShelf(dataDir),
  };
  let last = Math.max(FIRST_ID, ...knownIds(state)) + 10;
  return {
    ...state,
    nextId() {
      last += 1;
      return last;
    },
  };
}

function knownIds(state: Omit<GithubState, 'nextId'>): number[] {
  const jobs = state.runs.all().flatMap((run) => run.attempts.flatMap((attempt) => attempt.jobs));
  const kinds = [
    state.repositories,
    state.pullRequests,
    state.commits,
    state.runs,
    state.comments,
    state.issues,
    state.reactions,
    state.checkRuns,
    state.reviewComments,
    state.hooks,
    state.deliveries,
  ];
  return [...kinds.flatMap((kind) => kind.all().map(({ id }) => id)), ...jobs.map(({ id }) => id)];
}

/** A stable 40-digit commit id derived from a text. */
export function shaOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** The attempt that a read shows when reads lag `lagMs` behind. */
export function shownAttempt(run: RunState, lagMs: number, now: number): AttemptState {
  if (lagMs === 0) return currentAttempt(run);
  const [first, ...later] = run.attempts;
  const attempt = later.findLast(({ startedAt }) => isShown(startedAt, now - lagMs)) ?? first ?? currentAttempt(run);
  if (attempt === first || isShown(attempt.updatedAt, now - lagMs)) return attempt;
  return { ...attempt, status: 'in_progress', conclusion: null };
}

/** The comments that a list shows when reads lag `lagMs` behind. */
export function shownComments(comments: readonly CommentState[], lagMs: number, now: number): readonly CommentState[] {
  return lagMs === 0 ? comments : comments.filter(({ createdAt }) => isShown(createdAt, now - lagMs));
}

const isShown = (at: string, then: number): boolean => Date.parse(at) <= then;
