import { nodeId, presentUser, seconds } from './shapes-account.ts';
import type { Site } from './shapes-runs.ts';
import { presentLabel, presentPullRequest } from './shapes-talk.ts';
import type { GithubState, IssueState, PullRequest, Repository } from './state.ts';

/** A pull request as in lists, without the fields that GitHub computes for a single one. */
export function presentSimplePullRequest(state: GithubState, site: Site, repository: Repository, pull: PullRequest) {
  const whole = presentPullRequest(state, site, repository, pull);
  const { merged, mergeable, rebaseable, mergeable_state, merged_by, comments, review_comments, ...rest } = whole;
  const { maintainer_can_modify, commits, additions, deletions, changed_files, ...simple } = rest;
  return simple;
}

export function presentIssue({ api, web }: Site, issue: IssueState) {
  const url = `${api}/repos/${issue.repository}/issues/${issue.number}`;
  const assignees = issue.assignees.map((login) => presentUser(login, api, web));
  return {
    id: issue.id,
    node_id: nodeId('I', issue.id),
    url,
    repository_url: `${api}/repos/${issue.repository}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${web}/${issue.repository}/issues/${issue.number}`,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason ?? null,
    title: issue.title,
    body: issue.body,
    user: presentUser(issue.author, api, web),
    labels: issue.labels.map((name) => presentLabel({ api, web }, issue.repository, name)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: 0,
    closed_at: issue.closedAt == null ? null : seconds(issue.closedAt),
    created_at: seconds(issue.createdAt),
    updated_at: seconds(issue.updatedAt ?? issue.createdAt),
    author_association: 'MEMBER',
  };
}
