import type { RunOrigin } from '#apps/workbench/input/run-origin.ts';

export const HEAD = 'a'.repeat(40);
export const BASE = 'b'.repeat(40);
/** The newest commit of the default branch: `GITHUB_SHA` of runs that GitHub starts there. */
export const TIP = 'c'.repeat(40);

/** An event as the runner hands it over, and what it says. */
export interface RunnerEvent {
  readonly name: string;
  readonly event: unknown;
  readonly variables: Readonly<Record<string, string>>;
  readonly origin: Partial<RunOrigin>;
}

const SHOP = { id: 7, full_name: 'acme/shop', default_branch: 'main' };
const FORK = { id: 8, full_name: 'somebody/shop' };
const OTHER = { id: 9, full_name: 'upstream/shop' };
const QUEUE = `gh-readonly-queue/main/pr-42-${BASE}`;

const pull = (repo: unknown = SHOP, ref = 'main', user = 'octocat') => ({
  repository: SHOP,
  pull_request: {
    number: 42,
    user: { login: user },
    head: { sha: HEAD, ref: 'main', repo },
    base: { sha: BASE, ref, repo: SHOP },
  },
});
const followed = (run: object) => ({
  repository: SHOP,
  workflow_run: { id: 41, run_attempt: 2, head_sha: HEAD, conclusion: 'success', pull_requests: [], ...run },
});
const pulls = (...bases: [number, string, { id: number }][]) =>
  bases.map(([number, ref, repo]) => ({ number, head: { sha: HEAD }, base: { sha: BASE, ref, repo } }));

const PULL = {
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_REF: 'refs/pull/42/merge',
  GITHUB_REF_NAME: '42/merge',
  GITHUB_BASE_REF: 'main',
  GITHUB_HEAD_REF: 'main',
};
const onMain = (name: string) => ({
  GITHUB_EVENT_NAME: name,
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_REF_TYPE: 'branch',
});
const on = (name: string, ref: string) => ({
  GITHUB_EVENT_NAME: name,
  GITHUB_REF: `refs/${ref}`,
  GITHUB_REF_NAME: ref.replace(/^\w+\//, ''),
  GITHUB_REF_TYPE: ref.startsWith('tags') ? 'tag' : 'branch',
});
const PROPOSAL = {
  kind: 'proposal',
  ref: null,
  headSha: HEAD,
  pullRequest: 42,
  isFork: false,
  base: { branch: 'main', sha: BASE },
} as const;
const MAIN = { kind: 'branch', ref: 'main', isDefaultBranch: true, base: null, pullRequest: null } as const;
const AFTER = { run: 41, attempt: 2, conclusion: 'success' };
const AT_TIP = { branch: 'main', sha: TIP };

/** Every kind of event that starts a workflow with code in it, and the hostile ones. */
export const RUNNER_EVENTS: readonly RunnerEvent[] = [
  {
    name: 'a pull request of the repository',
    event: pull(),
    variables: PULL,
    origin: { ...PROPOSAL, isReadOnly: false, sharesDefaultCache: false },
  },
  {
    name: 'a pull request of a fork, from its branch main',
    event: pull(FORK),
    variables: PULL,
    origin: { ...PROPOSAL, isFork: true, isReadOnly: true },
  },
  {
    name: 'a pull request of a fork that was deleted',
    event: pull(null),
    variables: PULL,
    origin: { ...PROPOSAL, isFork: true, isReadOnly: true },
  },
  {
    name: 'a pull request of a bot',
    event: pull(SHOP, 'main', 'dependabot[bot]'),
    variables: PULL,
    origin: { ...PROPOSAL, isReadOnly: false },
  },
  {
    name: 'a pull request of a repository that was renamed meanwhile',
    event: pull({ id: 7, full_name: 'acme/old-shop' }),
    variables: PULL,
    origin: PROPOSAL,
  },
  {
    name: 'a pull request of a fork that took the old name',
    event: pull({ id: 8, full_name: 'acme/shop' }),
    variables: PULL,
    origin: { ...PROPOSAL, isFork: true, isReadOnly: true },
  },
  {
    name: 'a pull request into another branch',
    event: pull(SHOP, 'release/1'),
    variables: { ...PULL, GITHUB_BASE_REF: 'release/1' },
    origin: { ...PROPOSAL, base: { branch: 'release/1', sha: BASE } },
  },
  {
    name: 'a review of a pull request',
    event: pull(FORK),
    variables: { ...PULL, GITHUB_EVENT_NAME: 'pull_request_review' },
    origin: { ...PROPOSAL, isFork: true, isReadOnly: true },
  },
  {
    name: 'pull_request_target of a fork',
    event: pull(FORK),
    variables: { ...onMain('pull_request_target'), GITHUB_BASE_REF: 'main', GITHUB_HEAD_REF: 'main' },
    origin: { ...PROPOSAL, isFork: true, isReadOnly: false, sharesDefaultCache: true },
  },
  {
    name: 'a merge queue',
    event: {
      repository: SHOP,
      merge_group: { head_sha: HEAD, head_ref: `refs/heads/${QUEUE}`, base_sha: BASE, base_ref: 'refs/heads/main' },
    },
    variables: { ...on('merge_group', `heads/${QUEUE}`), GITHUB_SHA: HEAD },
    origin: { ...PROPOSAL, sharesDefaultCache: false },
  },
  {
    name: 'a push to the branch of a merge queue',
    event: { repository: SHOP, ref: `refs/heads/${QUEUE}` },
    variables: { ...on('push', `heads/${QUEUE}`), GITHUB_SHA: HEAD },
    origin: { ...PROPOSAL, base: { branch: 'main', sha: null } },
  },
  {
    name: 'a push to the default branch',
    event: { repository: SHOP },
    variables: onMain('push'),
    origin: { ...MAIN, headSha: TIP },
  },
  {
    name: 'a push of a bot to the default branch',
    event: { repository: SHOP, sender: { login: 'github-actions[bot]' } },
    variables: onMain('push'),
    origin: MAIN,
  },
  {
    name: 'a push to another branch',
    event: { repository: SHOP },
    variables: on('push', 'heads/topic'),
    origin: { kind: 'branch', ref: 'topic', base: null },
  },
  {
    name: 'a push to main, where trunk is the default branch',
    event: { repository: { ...SHOP, default_branch: 'trunk' } },
    variables: onMain('push'),
    origin: { kind: 'branch', ref: 'main', defaultBranch: 'trunk' },
  },
  {
    name: 'a tag that is called main',
    event: { repository: SHOP },
    variables: on('push', 'tags/main'),
    origin: { kind: 'tag', ref: 'main' },
  },
  {
    name: 'a release',
    event: { repository: SHOP, action: 'published' },
    variables: on('release', 'tags/v1.0.0'),
    origin: { kind: 'tag', ref: 'v1.0.0' },
  },
  {
    name: 'a schedule, whose event has no repository',
    event: { schedule: '17 4 * * *' },
    variables: onMain('schedule'),
    origin: { ...MAIN, defaultBranch: 'main' },
  },
  {
    name: 'a run by hand of the default branch',
    event: { repository: SHOP, inputs: {} },
    variables: onMain('workflow_dispatch'),
    origin: MAIN,
  },
  {
    name: 'a run by hand of another branch',
    event: { repository: SHOP },
    variables: on('workflow_dispatch', 'heads/topic'),
    origin: { kind: 'branch', ref: 'topic' },
  },
  {
    name: 'a run by hand of a tag',
    event: { repository: SHOP },
    variables: on('workflow_dispatch', 'tags/v1'),
    origin: { kind: 'tag', ref: 'v1' },
  },
  {
    name: 'a call from outside',
    event: { repository: SHOP, client_payload: {} },
    variables: onMain('repository_dispatch'),
    origin: MAIN,
  },
  {
    name: 'a comment on a pull request',
    event: { repository: SHOP, issue: { number: 42, pull_request: {} } },
    variables: onMain('issue_comment'),
    origin: { kind: 'unknown', sharesDefaultCache: true, base: AT_TIP },
  },
  {
    name: 'a check of somebody',
    event: { repository: SHOP, check_suite: { head_branch: 'main' } },
    variables: onMain('check_suite'),
    origin: { kind: 'unknown', sharesDefaultCache: true },
  },
  {
    name: 'a run that follows a push',
    event: followed({ event: 'push', head_branch: 'main', head_repository: SHOP }),
    variables: onMain('workflow_run'),
    origin: { ...MAIN, headSha: HEAD, followed: AFTER },
  },
  {
    name: 'a run that follows a push to another branch',
    event: followed({ event: 'push', head_branch: 'topic', head_repository: SHOP }),
    variables: onMain('workflow_run'),
    origin: { kind: 'branch', ref: 'topic', sharesDefaultCache: true },
  },
  {
    name: 'a run that follows a release called main',
    event: followed({ event: 'release', head_branch: 'main', head_repository: SHOP }),
    variables: onMain('workflow_run'),
    origin: { kind: 'tag', ref: 'main' },
  },
  {
    name: 'a run that follows a pull request of the repository',
    event: followed({
      event: 'pull_request',
      head_branch: 'main',
      head_repository: SHOP,
      pull_requests: pulls([42, 'main', SHOP]),
    }),
    variables: onMain('workflow_run'),
    origin: { ...PROPOSAL, followed: AFTER, sharesDefaultCache: true },
  },
  {
    name: 'a run that follows a pull request of a fork, from its branch main',
    event: followed({ event: 'pull_request', head_branch: 'main', head_repository: FORK }),
    variables: onMain('workflow_run'),
    origin: {
      kind: 'proposal',
      isFork: true,
      isReadOnly: false,
      pullRequest: null,
      headSha: HEAD,
      ref: null,
      base: AT_TIP,
      sharesDefaultCache: true,
    },
  },
  {
    name: 'a run that follows a pull request of a fork that was deleted',
    event: followed({ event: 'pull_request', head_branch: 'main', head_repository: null }),
    variables: onMain('workflow_run'),
    origin: { kind: 'proposal', isFork: true, base: AT_TIP },
  },
  {
    name: 'a run that follows a push in a fork',
    event: followed({ event: 'push', head_branch: 'main', head_repository: FORK }),
    variables: onMain('workflow_run'),
    origin: { kind: 'proposal', isFork: true },
  },
  {
    name: 'a run that follows a run of two pull requests, one of them elsewhere',
    event: followed({
      event: 'pull_request',
      head_branch: 'topic',
      head_repository: SHOP,
      pull_requests: pulls([5, 'main', OTHER], [6, 'lax', SHOP], [42, 'main', SHOP]),
    }),
    variables: onMain('workflow_run'),
    origin: PROPOSAL,
  },
  {
    name: 'a run that follows a merge queue',
    event: followed({ event: 'merge_group', head_branch: QUEUE, head_repository: SHOP }),
    variables: onMain('workflow_run'),
    origin: { ...PROPOSAL, base: { branch: 'main', sha: null }, followed: AFTER },
  },
  {
    name: 'a run that follows a run that follows another',
    event: followed({ event: 'workflow_run', head_branch: 'main', head_repository: SHOP }),
    variables: onMain('workflow_run'),
    origin: { kind: 'proposal' },
  },
  {
    name: 'a run that follows one that is not described',
    event: { repository: SHOP, workflow_run: { event: 'push' } },
    variables: onMain('workflow_run'),
    origin: { kind: 'proposal', isFork: true },
  },
];
