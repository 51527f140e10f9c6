import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import type { Service } from '@selfheal/fake-server/wire.ts';
import { isoNow, type WorldTime } from '@selfheal/fake-server/world-time.ts';
import { makeGithubService } from './api.ts';
import { gitCommit } from './git-objects.ts';
import { makePages } from './pages.ts';
import type { AppRegistration, Dispatch, GithubAccess, Permissions, Push } from './route.ts';
import { makeRunLifecycle } from './run-lifecycle.ts';
import { currentAttempt, type RunState } from './run-state.ts';
import { makeRunTokens, type RunClaims, type TokenRequest } from './run-tokens.ts';
import { type AttemptSpec, makeSeeding, type RunSpec } from './seeding.ts';
import type { Site } from './shapes-runs.ts';
import {
  type CheckRunState,
  type CommentState,
  type CommitState,
  type DeliveryState,
  type Files,
  type GithubState,
  type IssueState,
  makeGithubState,
  nextNumber,
  type PullRequest,
  type Repository,
  type ReviewCommentState,
  shaOf,
} from './state.ts';
import { knownRun, makeWebhookEvents, type WebhookEvents } from './webhook-events.ts';
import { makeWebhookSender } from './webhook-sender.ts';

export interface GithubControl extends WebhookEvents {
  /** Receiver of webhooks. Every repository, including later ones, gets a hook for it. */
  setWebhook(webhook: { url: string; secret: string }): void;
  addRepository(
    fullName: string,
    options?: { defaultBranch?: string; installationId?: number | null; private?: boolean },
  ): Repository;
  addPullRequest(
    repository: string,
    options?: { title?: string; author?: string; branch?: string; commits?: number; fork?: string },
  ): PullRequest;
  /** As its owner would: runs and pull requests of a fork then name no repository for their head. */
  deleteRepository(fullName: string): void;
  /** Adds a commit with its changes; with `pullRequest` null it goes to the default branch. */
  addCommit(commit: Omit<CommitState, 'id'>): CommitState;
  /** Adds a run whose first attempt is completed. Sends nothing. */
  addRun(spec: RunSpec): RunState;
  /** Starts a re-run as a person on GitHub's website would: the effects journal does not record it. */
  rerunByHand(runId: number): void;
  /** The run goes on: its jobs have ended as they did, and it has no log archive yet. */
  keepRunning(runId: number): void;
  /** Ends a running re-run at once. */
  finishRerun(runId: number): void;
  run(runId: number): RunState | undefined;
  /** Oldest first. */
  runs(repository: string): RunState[];
  comments(repository: string, issue: number): CommentState[];
  /** Of a commit, oldest first, superseded ones included. */
  checkRuns(repository: string, headSha: string): CheckRunState[];
  reviewComments(repository: string, pullRequest: number): ReviewCommentState[];
  /** Sets how workflows run for a branch that was pushed; null: they do not. At first they never do. */
  setPushRuns(runFor: (push: Push) => AttemptSpec | null): void;
  /** Sets how started workflows run; `filesAt` returns the files of a commit. At first they all pass without jobs. */
  setDispatchedRuns(runFor: (dispatch: Dispatch, filesAt: (sha: string) => Files) => AttemptSpec): void;
  pullRequests(repository: string): PullRequest[];
  issues(repository: string): IssueState[];
  /** Closes it as a person would, with or without merging. */
  closePullRequest(repository: string, number: number, merged?: boolean, mergedAs?: string): void;
  /** As a person would. */
  closeIssue(repository: string, number: number): void;
  /** As a person would: from then on it is in the other repository alone, under another number. */
  transferIssue(repository: string, number: number, to: string): IssueState;
  /** As an administrator would. */
  deleteIssue(repository: string, number: number): void;
  /** Existing branches that were created through the API. */
  branches(repository: string): string[];
  /** As a person would. */
  addComment(repository: string, issue: number, author: string, body: string): CommentState;
  deliveries(repository: string): DeliveryState[];
  /** While true every delivery fails without reaching the receiver. */
  setUnreachable(unreachable: boolean): void;
  /** Accepted tokens; null accepts every token. */
  acceptTokens(tokens: readonly string[] | null): void;
  /** Registers a GitHub App: from then on only its installation tokens are accepted. */
  registerApp(app: Omit<AppRegistration, 'tokens'>): void;
  /** Sets the owner of the clients' token. At first a machine account. */
  setIdentity(identity: GithubAccess['identity']): void;
  /** Sets the permissions of the token, as of a fine-grained one; null allows everything. */
  setPermissions(permissions: Permissions | null): void;
  /** Makes reads of runs and lists of comments show the state of this many milliseconds ago; writes see the current state. */
  setReadLag(milliseconds: number): void;
  /** Sets the requests left before GitHub answers that the rate limit is exceeded. */
  setRemaining(requests: number): void;
  /** Lets a run ask for tokens that say this about it, with the variables that its runner sets. */
  allowRunTokens(claims: RunClaims): TokenRequest;
  /** `iss` of these tokens. */
  readonly runTokenIssuer: string;
  /** Resolves when no delivery is under way. */
  delivered(): Promise<void>;
}

const PASSES: AttemptSpec = { conclusion: 'success', jobs: [], archive: null };
const FIRST_WORKFLOW_ID = 7_400_000;

export interface LocalGithub {
  readonly services: readonly Service[];
  readonly control: GithubControl;
  stop(): Promise<void>;
}

export function makeLocalGithub(options: {
  site: Site;
  journal: EffectsJournal;
  time: WorldTime;
  dataDir: string | undefined;
}): LocalGithub {
  const { site, journal, time, dataDir } = options;
  const state = makeGithubState(time, dataDir);
  failLostDeliveries(state);
  const underWay = new Set<Promise<unknown>>();
  const webhookSender = makeWebhookSender(state, (work) => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
  const lifecycle = makeRunLifecycle(state, site, webhookSender);
  const access: GithubAccess = { tokens: null, remaining: 5000, permissions: null, identity: 'user', readLagMs: 0 };
  const { setHookUrl, ...seeding } = makeSeeding(state);
  const webhookEvents = makeWebhookEvents(state, site, webhookSender);
  let runFor: (push: Push) => AttemptSpec | null = () => null;
  const pushed = (push: Push) => {
    const attempt = runFor(push);
    if (attempt === null) return;
    const { repository, branch, sha: headSha, message: title } = push;
    const { id } = seeding.addRun({ repository, branch, headSha, title, event: 'push', attempts: [attempt] });
    void webhookEvents.announceRun(id, 'completed');
  };
  let dispatchedRunFor: (dispatch: Dispatch, filesAt: (sha: string) => Files) => AttemptSpec = () => PASSES;
  const dispatched = (dispatch: Dispatch) => {
    const { repository, branch, sha: headSha, title, path, name } = dispatch;
    const filesAt = (sha: string): Files => gitCommit(state, repository, sha)?.files ?? {};
    const attempt = dispatchedRunFor(dispatch, filesAt);
    const workflow = { id: FIRST_WORKFLOW_ID + Number.parseInt(shaOf(path).slice(0, 6), 16), name, path };
    const event = 'workflow_dispatch';
    const createdAt = new Date(time.now());
    const spec = { repository, workflow, event, branch, headSha, title, createdAt, attempts: [attempt] as const };
    void webhookEvents.announceRun(seeding.addRun(spec).id, 'completed');
  };
  const service = makeGithubService({ access, state, site, webhookSender, lifecycle, journal, pushed, dispatched });
  const runTokens = makeRunTokens(site.web, time, (name) => String(state.repositories.get(name)?.id ?? 0));
  lifecycle.resume();
  const delivered = async () => {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  };
  const control: GithubControl = {
    ...seeding,
    ...webhookEvents,
    ...viewing(state),
    setWebhook(webhook) {
      webhookSender.setSecret(webhook.secret);
      setHookUrl(webhook.url);
    },
    rerunByHand: (id) => lifecycle.rerun(knownRun(state, id)),
    keepRunning(id) {
      const run = knownRun(state, id);
      Object.assign(currentAttempt(run), { status: 'in_progress', conclusion: null });
      state.runs.put(id, run);
    },
    finishRerun: (id) => lifecycle.finish(knownRun(state, id)),
    setPushRuns(given) {
      runFor = given;
    },
    setDispatchedRuns(given) {
      dispatchedRunFor = given;
    },
    closePullRequest(repository, number, merged = false, mergedAs) {
      const pull = state.pullRequests.get(`${repository}#${number}`);
      if (pull === undefined) throw new Error(`There is no pull request ${repository}#${number}.`);
      const mergedAt = merged ? { mergedAt: isoNow(state.time) } : {};
      state.pullRequests.put(`${repository}#${number}`, {
        ...pull,
        state: 'closed',
        ...mergedAt,
        ...(mergedAs === undefined ? {} : { mergedAs }),
      });
    },
    deleteRepository: (fullName) => state.repositories.remove(fullName),
    closeIssue(repository, number) {
      const issue = state.issues.get(`${repository}#${number}`);
      if (issue === undefined) throw new Error(`There is no issue ${repository}#${number}.`);
      state.issues.put(`${repository}#${number}`, { ...issue, state: 'closed', updatedAt: isoNow(state.time) });
    },
    transferIssue(repository, number, to) {
      const issue = state.issues.get(`${repository}#${number}`);
      if (issue === undefined) throw new Error(`There is no issue ${repository}#${number}.`);
      const moved = { ...issue, repository: to, number: nextNumber(state, to), updatedAt: isoNow(state.time) };
      state.issues.remove(`${repository}#${number}`);
      state.issues.put(`${to}#${moved.number}`, moved);
      return moved;
    },
    deleteIssue: (repository, number) => state.issues.remove(`${repository}#${number}`),
    setUnreachable: webhookSender.setUnreachable,
    acceptTokens(tokens) {
      access.tokens = tokens;
    },
    registerApp(app) {
      access.app = { ...app, tokens: new Map() };
      access.identity = 'app';
    },
    setIdentity(identity) {
      access.identity = identity;
    },
    setPermissions(permissions) {
      access.permissions = permissions;
    },
    setReadLag(milliseconds) {
      access.readLagMs = milliseconds;
    },
    setRemaining(requests) {
      access.remaining = requests;
    },
    allowRunTokens: runTokens.allow,
    runTokenIssuer: runTokens.issuer,
    delivered,
  };
  const stop = () => {
    lifecycle.stop();
    webhookSender.stop();
    return delivered();
  };
  return { services: [service, runTokens.service, makePages(state)], control, stop };
}

function viewing(
  state: GithubState,
): Pick<
  GithubControl,
  'run' | 'runs' | 'comments' | 'checkRuns' | 'reviewComments' | 'deliveries' | 'pullRequests' | 'issues' | 'branches'
> {
  return {
    pullRequests: (repository) => state.pullRequests.all().filter((one) => one.repository === repository),
    issues: (repository) => state.issues.all().filter((one) => one.repository === repository),
    branches: (repository) =>
      state.references
        .all()
        .flatMap((one) => (one.repository === repository && one.sha !== null ? one.ref.slice('heads/'.length) : [])),
    run: (id) => state.runs.get(id),
    runs: (repository) => state.runs.all().filter((one) => one.repository === repository),
    comments: (repository, issue) =>
      state.comments.all().filter((one) => one.repository === repository && one.issue === issue),
    checkRuns: (repository, headSha) =>
      state.checkRuns.all().filter((one) => one.repository === repository && one.headSha === headSha),
    reviewComments: (repository, number) =>
      state.reviewComments.all().filter((one) => one.repository === repository && one.pullRequest === number),
    deliveries: (repository) => state.deliveries.all().filter((one) => one.repository === repository),
  };
}

/** Deliveries whose answer was lost with the last process count as timed out: GitHub does not retry them. */
function failLostDeliveries(state: GithubState): void {
  for (const delivery of state.deliveries.all()) {
    if (delivery.result !== null) continue;
    delivery.result = { status: 'timed out', statusCode: 504, seconds: 10, responseHeaders: {}, responseBody: '' };
    state.deliveries.put(delivery.id, delivery);
  }
}
