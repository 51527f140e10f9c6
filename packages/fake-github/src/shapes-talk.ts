import { accountId, nodeId, presentFullRepository, presentUser, seconds } from './shapes-account.ts';
import type { Site } from './shapes-runs.ts';
import {
  type CommentState,
  type DeliveryState,
  type GithubState,
  type HookState,
  type PullRequest,
  type ReactionState,
  type Repository,
  shaOf,
} from './state.ts';

/** `reactions`: of all comments. */
export function presentComment({ api, web }: Site, comment: CommentState, reactions: readonly ReactionState[] = []) {
  const url = `${api}/repos/${comment.repository}`;
  return {
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${web}/${comment.repository}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: presentUser(comment.author, api, web),
    created_at: seconds(comment.createdAt),
    updated_at: seconds(comment.updatedAt),
    body: comment.body,
    author_association: comment.author.endsWith('[bot]') ? 'NONE' : 'MEMBER',
    reactions: presentReactions(
      `${url}/issues/comments/${comment.id}/reactions`,
      reactions.filter((one) => one.comment === comment.id),
    ),
    performed_via_github_app: null,
  };
}

function presentReactions(url: string, reactions: readonly ReactionState[] = []) {
  const counts: Record<string, number> = {
    '+1': 0,
    '-1': 0,
    laugh: 0,
    hooray: 0,
    confused: 0,
    heart: 0,
    rocket: 0,
    eyes: 0,
  };
  for (const { content } of reactions) counts[content] = (counts[content] ?? 0) + 1;
  return { url, total_count: reactions.length, ...counts };
}

export function presentLabel({ api }: Site, repository: string, name: string) {
  const id = accountId(`label ${name}`);
  const url = `${api}/repos/${repository}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: nodeId('LA', id), url, name, description: '', color: 'ededed', default: false };
}

export function presentPullRequest(state: GithubState, site: Site, repository: Repository, pull: PullRequest) {
  const { api, web } = site;
  const url = `${api}/repos/${pull.repository}/pulls/${pull.number}`;
  const issue = `${api}/repos/${pull.repository}/issues/${pull.number}`;
  const page = `${web}/${pull.repository}/pull/${pull.number}`;
  const statuses = `${api}/repos/${pull.repository}/statuses/${pull.headSha}`;
  const comment = `${api}/repos/${pull.repository}/pulls/comments{/number}`;
  const comments = state.comments.all().filter((c) => c.repository === pull.repository && c.issue === pull.number);
  const side = (ref: string, sha: string, of: Repository | null, owner: string) => ({
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: presentUser(owner, api, web),
    repo: of === null ? null : presentFullRepository(of, api, web),
  });
  const owner = pull.repository.split('/')[0] ?? '';
  const head =
    pull.fork === undefined
      ? side(pull.headBranch, pull.headSha, repository, owner)
      : side(pull.headBranch, pull.headSha, state.repositories.get(pull.fork) ?? null, pull.fork.split('/')[0] ?? '');
  return {
    url,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: comment,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state ?? 'open',
    locked: false,
    title: pull.title,
    user: presentUser(pull.author, api, web),
    body: pull.body ?? null,
    labels: (pull.labels ?? []).map((name) => presentLabel(site, pull.repository, name)),
    milestone: null,
    active_lock_reason: null,
    created_at: seconds(pull.createdAt),
    updated_at: seconds(pull.createdAt),
    closed_at: pull.state === 'closed' ? seconds(pull.mergedAt ?? pull.createdAt) : null,
    merged_at: pull.mergedAt === undefined ? null : seconds(pull.mergedAt),
    merge_commit_sha: pull.mergedAs ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head,
    base: side(
      pull.base ?? repository.defaultBranch,
      shaOf(`${pull.repository} ${repository.defaultBranch}`),
      repository,
      owner,
    ),
    _links: {
      self: { href: url },
      html: { href: page },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: comment },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: 'MEMBER',
    auto_merge: null,
    draft: pull.draft ?? false,
    merged: pull.mergedAt !== undefined,
    mergeable: true,
    rebaseable: true,
    mergeable_state: 'unstable',
    merged_by: null,
    comments: comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pull.commits ?? 2,
    additions: 14,
    deletions: 3,
    changed_files: 2,
  };
}

export const HOOK_EVENTS = ['check_run', 'push', 'workflow_job', 'workflow_run'];

export function presentHook({ api }: Site, hook: HookState, latest: DeliveryState | undefined) {
  const url = `${api}/repos/${hook.repository}/hooks/${hook.id}`;
  const result = latest?.result ?? null;
  return {
    type: 'Repository',
    id: hook.id,
    name: 'web',
    active: true,
    events: HOOK_EVENTS,
    config: { content_type: 'json', insecure_ssl: '0', url: hook.url, secret: '********' },
    updated_at: seconds(hook.createdAt),
    created_at: seconds(hook.createdAt),
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: {
      code: result?.statusCode ?? null,
      status: result === null ? 'unused' : result.status === 'OK' ? 'active' : 'failed',
      message: result?.status ?? null,
    },
  };
}

export function presentDelivery(delivery: DeliveryState, repository: Repository | undefined) {
  const result = delivery.result ?? { status: 'pending', statusCode: 0, seconds: 0 };
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: result.seconds,
    status: result.status,
    status_code: result.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: repository?.installationId ?? null,
    repository_id: repository?.id ?? null,
    throttled_at: null,
  };
}

/** One delivery with its request and response. */
export function presentFullDelivery(delivery: DeliveryState, repository: Repository | undefined, url: string) {
  return {
    ...presentDelivery(delivery, repository),
    url,
    request: { headers: delivery.requestHeaders, payload: JSON.parse(delivery.payload) as unknown },
    response: { headers: delivery.result?.responseHeaders ?? null, payload: delivery.result?.responseBody ?? null },
  };
}
