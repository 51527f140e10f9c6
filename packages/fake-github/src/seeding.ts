import { ago, DAY, isoNow, MINUTE } from '@selfheal/fake-server/world-time.ts';
import { completeAttempt } from './run-lifecycle.ts';
import type { AttemptPlan, AttemptState, Conclusion, RunState } from './run-state.ts';
import {
  type CommentState,
  type CommitState,
  type GithubState,
  nextNumber,
  type PullRequest,
  type Repository,
  shaOf,
} from './state.ts';
import { repositoryOf } from './webhook-payloads.ts';
import { writeZip, type ZipEntry } from './zip/zip-writer.ts';

/** One attempt of a planned run: its jobs, and the log archive that GitHub will serve for it. */
export interface AttemptSpec {
  readonly conclusion: Conclusion;
  readonly jobs: readonly {
    name: string;
    conclusion: Conclusion;
    steps?: readonly { name: string; conclusion: Conclusion }[];
    /** How long it waits for a runner; 0 when absent. */
    queuedMs?: number;
    /** What its runner says beside the log: a time limit, a lost connection, who cancelled it. */
    runnerSays?: readonly string[];
  }[];
  /** Entries to zip, or raw bytes (also hostile ones); null when the log has expired. */
  readonly archive: readonly ZipEntry[] | Buffer | null;
}

export interface RunSpec {
  readonly repository: string;
  readonly workflow?: { id: number; name: string; path: string };
  readonly event?: string;
  readonly branch?: string;
  readonly title?: string;
  readonly actor?: string;
  readonly pusher?: string;
  readonly triggeredBy?: string;
  /** Number of an existing pull request of the repository. */
  readonly pullRequest?: number | null;
  readonly headSha?: string;
  readonly createdAt?: Date;
  /** First attempt first; the last one is repeated for further re-runs. */
  readonly attempts: readonly [AttemptSpec, ...AttemptSpec[]];
  /** Duration of a re-run in milliseconds. Default 2000. */
  readonly rerunMs?: number;
  /** Milliseconds from a request to cancel to the end of the run. Default 50; on GitHub it can take minutes. */
  readonly cancelMs?: number;
}

const DEFAULT_WORKFLOW = { id: 7_301_001, name: 'CI', path: '.github/workflows/ci.yml' };

/** Creates repositories, pull requests, runs and comments; the control documents each. */
export function makeSeeding(state: GithubState) {
  let hookUrl = state.hooks.all()[0]?.url;
  return {
    addRepository(
      fullName: string,
      options: { defaultBranch?: string; installationId?: number | null; private?: boolean } = {},
    ): Repository {
      const { defaultBranch = 'main', installationId = null, private: isPrivate = true } = options;
      const known = state.repositories.get(fullName);
      if (known !== undefined) return known;
      const createdAt = ago(state.time, 200 * DAY);
      const id = state.nextId();
      const repository = { id, fullName, defaultBranch, private: isPrivate, createdAt, installationId };
      state.repositories.put(fullName, repository);
      if (hookUrl !== undefined) addHook(state, fullName, hookUrl);
      return repository;
    },
    addPullRequest(
      repository: string,
      options: { title?: string; author?: string; branch?: string; commits?: number; fork?: string } = {},
    ): PullRequest {
      const { title = 'Round totals per line', author = 'acme-dev', branch, commits = 2, fork } = options;
      const id = state.nextId();
      const number = nextNumber(state, repository);
      const headBranch = branch ?? `change-${number}`;
      const headSha = shaOf(`${repository} ${headBranch} ${id}`);
      const createdAt = ago(state.time, 60 * MINUTE);
      const head = { headBranch, headSha, ...(fork === undefined ? {} : { fork }) };
      const pull = { id, number, repository, title, author, ...head, createdAt, commits };
      state.pullRequests.put(`${repository}#${number}`, pull);
      return pull;
    },
    addRun: (spec: RunSpec) => addRun(state, spec),
    addCommit(commit: Omit<CommitState, 'id'>): CommitState {
      const added = { ...commit, id: state.nextId() };
      state.commits.put(`${commit.repository}@${commit.sha}`, added);
      return added;
    },
    addComment(repository: string, issue: number, author: string, body: string): CommentState {
      const at = isoNow(state.time);
      const comment = { id: state.nextId(), repository, issue, author, body, createdAt: at, updatedAt: at };
      state.comments.put(comment.id, comment);
      return comment;
    },
    /** Points every hook to this URL, also those of later repositories. */
    setHookUrl(url: string): void {
      hookUrl = url;
      for (const hook of state.hooks.all()) state.hooks.put(hook.id, { ...hook, url });
      const hooked = new Set(state.hooks.all().map((hook) => hook.repository));
      for (const { fullName } of state.repositories.all()) if (!hooked.has(fullName)) addHook(state, fullName, url);
    },
  };
}

function addRun(state: GithubState, spec: RunSpec): RunState {
  const repository = repositoryOf(state, spec.repository);
  const pull = state.pullRequests.get(`${spec.repository}#${spec.pullRequest}`);
  const id = state.nextId();
  const workflow = spec.workflow ?? DEFAULT_WORKFLOW;
  const startedAt = (spec.createdAt ?? new Date(state.time.now() - 180_000)).toISOString();
  const attempt: AttemptState = {
    number: 1,
    status: 'completed',
    conclusion: null,
    startedAt,
    updatedAt: startedAt,
    jobs: [],
  };
  const [first, ...later] = spec.attempts;
  const run: RunState = {
    id,
    repository: spec.repository,
    workflowId: workflow.id,
    workflowName: workflow.name,
    workflowPath: workflow.path,
    runNumber: state.runs.size + 1,
    event: spec.event ?? (pull === undefined ? 'push' : 'pull_request'),
    branch: spec.branch ?? pull?.headBranch ?? repository.defaultBranch,
    headSha: spec.headSha ?? pull?.headSha ?? shaOf(`${spec.repository} ${id}`),
    title: spec.title ?? pull?.title ?? 'Round totals per line',
    actor: spec.actor ?? pull?.author ?? 'acme-dev',
    ...(spec.pusher === undefined ? {} : { pusher: spec.pusher }),
    ...(spec.triggeredBy === undefined ? {} : { triggeredBy: spec.triggeredBy }),
    pullRequest: pull?.number ?? null,
    ...(pull?.fork === undefined ? {} : { fork: pull.fork }),
    createdAt: startedAt,
    rerunMs: spec.rerunMs ?? 2000,
    cancelMs: spec.cancelMs ?? 50,
    plans: [shelve(state, first, `${id}-1`), ...later.map((one, index) => shelve(state, one, `${id}-${index + 2}`))],
    attempts: [attempt],
  };
  completeAttempt(state, run, attempt, new Date(Date.parse(startedAt) + 170_000));
  state.runs.put(id, run);
  // It ran for what somebody pushed.
  if (pull !== undefined)
    state.pullRequests.put(`${spec.repository}#${pull.number}`, { ...pull, headSha: run.headSha });
  return run;
}

function shelve(state: GithubState, spec: AttemptSpec, key: string): AttemptPlan {
  if (spec.archive !== null) {
    state.archives.put(
      key,
      Buffer.isBuffer(spec.archive) ? spec.archive : writeZip(spec.archive as readonly ZipEntry[]),
    );
  }
  const jobs = spec.jobs.map(({ name, conclusion, steps = [], queuedMs, runnerSays }) => ({
    ...(queuedMs === undefined ? {} : { queuedMs }),
    ...(runnerSays === undefined ? {} : { runnerSays }),
    name,
    conclusion,
    steps: steps.map((step, index) => ({ number: index + 1, name: step.name, conclusion: step.conclusion })),
  }));
  return { conclusion: spec.conclusion, jobs, archiveKey: spec.archive === null ? null : key };
}

function addHook(state: GithubState, repository: string, url: string): void {
  const id = state.nextId();
  state.hooks.put(id, { id, repository, url, createdAt: isoNow(state.time) });
}
