import { type AttemptState, currentAttempt, type JobState, type RunState } from './run-state.ts';
import { nodeId, presentFullRepository, presentUser, seconds } from './shapes-account.ts';
import { presentIssue } from './shapes-proposals.ts';
import { presentJob, presentRun, type Site } from './shapes-runs.ts';
import { HOOK_EVENTS, presentComment, presentHook } from './shapes-talk.ts';
import {
  type CommentState,
  type GithubState,
  type HookState,
  type PullRequest,
  type Repository,
  shaOf,
} from './state.ts';

function context(state: GithubState, site: Site, fullName: string, sender: string) {
  const known = repositoryOf(state, fullName);
  const { installationId } = known;
  // Unlike the REST API, webhooks have no such counts, but have the organisation's properties.
  const { network_count: _n, subscribers_count: _s, ...shown } = presentFullRepository(known, site.api, site.web);
  return {
    repository: { ...shown, custom_properties: {} },
    sender: presentUser(sender, site.api, site.web),
    ...(installationId === null ? {} : { installation: { id: installationId, node_id: nodeId('I', installationId) } }),
  };
}

export function repositoryOf(state: GithubState, fullName: string): Repository {
  const repository = state.repositories.get(fullName);
  if (repository === undefined) throw new Error(`There is no repository ${fullName}.`);
  return repository;
}

/** `workflow_run` payload for the run's current attempt, or an earlier one. */
export function workflowRunPayload(
  state: GithubState,
  site: Site,
  run: RunState,
  action: 'requested' | 'in_progress' | 'completed',
  attempt: AttemptState = currentAttempt(run),
) {
  const workflowUrl = `${site.api}/repos/${run.repository}/actions/workflows/${run.workflowId}`;
  const page = `${site.web}/${run.repository}`;
  const created = seconds(repositoryOf(state, run.repository).createdAt);
  return {
    action,
    workflow_run: presentRun(state, site, run, attempt),
    workflow: {
      id: run.workflowId,
      node_id: nodeId('W', run.workflowId),
      name: run.workflowName,
      path: run.workflowPath,
      state: 'active',
      created_at: created,
      updated_at: created,
      url: workflowUrl,
      html_url: `${page}/blob/main/${run.workflowPath}`,
      badge_url: `${page}/workflows/${encodeURIComponent(run.workflowName)}/badge.svg`,
    },
    ...context(state, site, run.repository, run.actor),
  };
}

/** `workflow_job` payload for a completed job. */
export function workflowJobPayload(
  state: GithubState,
  site: Site,
  run: RunState,
  attempt: AttemptState,
  job: JobState,
) {
  return {
    action: 'completed',
    workflow_job: presentJob(site, run, attempt, job),
    ...context(state, site, run.repository, run.actor),
  };
}

export function pingPayload(state: GithubState, site: Site, hook: HookState) {
  return {
    zen: 'Small steps, each one finished.',
    hook_id: hook.id,
    hook: presentHook(site, hook, undefined),
    ...context(state, site, hook.repository, 'acme-ci'),
  };
}

/** `push` payload for one commit on a branch. */
export function pushPayload(state: GithubState, site: Site, fullName: string, branch: string, message: string) {
  const { repository, ...rest } = context(state, site, fullName, 'acme-ci');
  const before = shaOf(`before ${message}`);
  const after = shaOf(`after ${message}`);
  const page = repository.html_url;
  const pusher = { name: 'acme-ci', email: 'acme-ci@example.com' };
  const commit = {
    id: after,
    tree_id: shaOf(`tree of ${after}`),
    distinct: true,
    message,
    timestamp: repository.created_at,
    url: `${page}/commit/${after}`,
    author: { ...pusher, username: 'acme-ci' },
    committer: { ...pusher, username: 'acme-ci' },
    added: [],
    removed: [],
    modified: ['src/cart.ts'],
  };
  return {
    ref: `refs/heads/${branch}`,
    before,
    after,
    repository: { ...repository, master_branch: repository.default_branch, stargazers: 0, url: page },
    pusher,
    ...rest,
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `${page}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: [commit],
    head_commit: commit,
  };
}

/** `issue_comment` payload for a new comment on a pull request, which GitHub treats as an issue. */
export function pullRequestCommentPayload(state: GithubState, site: Site, pull: PullRequest, comment: CommentState) {
  const { number, title, author, createdAt, repository } = pull;
  const issue = { id: pull.id, repository, number, title, author, createdAt, assignees: [], labels: [] };
  const page = `${site.web}/${repository}/pull/${number}`;
  return {
    action: 'created',
    issue: {
      ...presentIssue(site, { ...issue, body: '', state: 'open' }),
      html_url: page,
      reactions: presentComment(site, comment).reactions,
      pull_request: {
        url: `${site.api}/repos/${repository}/pulls/${number}`,
        html_url: page,
        diff_url: `${page}.diff`,
        patch_url: `${page}.patch`,
        merged_at: null,
      },
      draft: false,
    },
    comment: presentComment(site, comment),
    ...context(state, site, repository, comment.author),
  };
}

/** `check_run` payload for the completed check of a job. */
export function checkRunPayload(state: GithubState, site: Site, run: RunState, job: JobState) {
  const { repository, ...rest } = context(state, site, run.repository, run.actor);
  const api = `${site.api}/repos/${run.repository}`;
  const shown = presentRun(state, site, run);
  const app = {
    id: 15368,
    slug: 'github-actions',
    node_id: nodeId('A', 15368),
    owner: presentUser('github', site.api, site.web),
    name: 'GitHub Actions',
    description: 'Automate your workflow from idea to production',
    external_url: 'https://github.example/features/actions',
    html_url: `${site.web}/apps/github-actions`,
    created_at: seconds(run.createdAt),
    updated_at: seconds(run.createdAt),
    permissions: { actions: 'write', checks: 'write', contents: 'read' },
    events: [...HOOK_EVENTS],
  };
  return {
    action: 'completed',
    check_run: {
      id: job.id,
      name: job.name,
      node_id: nodeId('CR', job.id),
      head_sha: run.headSha,
      external_id: shaOf(String(job.id)),
      url: `${api}/check-runs/${job.id}`,
      html_url: `${site.web}/${run.repository}/actions/runs/${run.id}/job/${job.id}`,
      details_url: `${site.web}/${run.repository}/actions/runs/${run.id}/job/${job.id}`,
      status: 'completed',
      conclusion: job.conclusion,
      started_at: seconds(job.startedAt),
      completed_at: seconds(job.completedAt),
      output: {
        title: null,
        summary: null,
        text: null,
        annotations_count: 1,
        annotations_url: `${api}/check-runs/${job.id}/annotations`,
      },
      check_suite: {
        id: shown.check_suite_id,
        node_id: shown.check_suite_node_id,
        head_branch: run.branch,
        head_sha: run.headSha,
        status: 'completed',
        conclusion: job.conclusion,
        url: shown.check_suite_url,
        before: shaOf(`before ${run.headSha}`),
        after: run.headSha,
        pull_requests: shown.pull_requests,
        app,
        created_at: shown.created_at,
        updated_at: shown.updated_at,
      },
      app,
      pull_requests: shown.pull_requests,
    },
    repository,
    ...rest,
  };
}
