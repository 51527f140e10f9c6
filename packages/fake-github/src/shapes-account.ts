import { createHash } from 'node:crypto';
import type { Repository } from './state.ts';

export const nodeId = (kind: string, id: number | string) => Buffer.from(`${kind}_${id}`).toString('base64url');

/** GitHub's timestamps: whole seconds in UTC. */
export const seconds = (iso: string) => `${new Date(iso).toISOString().slice(0, 19)}Z`;

/** A stable small number for a login. */
export function accountId(login: string): number {
  return (createHash('sha1').update(login).digest().readUInt32BE(0) % 90_000_000) + 1_000_000;
}

/** The "simple user" object. `web` is the site's base URL, `api` the API's. */
export function presentUser(login: string, api: string, web: string) {
  const id = accountId(login);
  const url = `${api}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `${web}/avatars/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `${web}/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: login.endsWith('[bot]') ? 'Bot' : login === 'acme' ? 'Organization' : 'User',
    user_view_type: 'public',
    site_admin: false,
  };
}

/** When every account and app of the local GitHub was made. */
export const SINCE = '2026-01-05T09:00:00Z';

/** The "public user" object: an account as `GET /users/{username}` answers. */
export function presentPublicUser(login: string, api: string, web: string) {
  return {
    ...presentUser(login, api, web),
    ...{ name: null, company: null, blog: '', location: null, email: null, hireable: null, bio: null },
    ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0 },
    created_at: SINCE,
    updated_at: SINCE,
  };
}

const PLAIN = ['contributors', 'deployments', 'downloads', 'events', 'forks', 'hooks', 'languages', 'merges'];
const PLAIN_TAIL = ['stargazers', 'subscribers', 'subscription', 'tags', 'teams'];

/** The "minimal repository" object that runs and pull requests embed. */
export function presentRepository(repository: Repository, api: string, web: string) {
  const { id, fullName } = repository;
  const [owner = '', name = ''] = fullName.split('/');
  const url = `${api}/repos/${fullName}`;
  const plain = [...PLAIN, ...PLAIN_TAIL].map((part) => [`${part}_url`, `${url}/${part}`] as const);
  return {
    id,
    node_id: nodeId('R', id),
    name,
    full_name: fullName,
    private: repository.private,
    owner: presentUser(owner, api, web),
    html_url: `${web}/${fullName}`,
    description: 'The shop of a company that does not exist',
    fork: false,
    url,
    ...(Object.fromEntries(plain) as Record<`${string}_url`, string>),
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    statuses_url: `${url}/statuses/{sha}`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}

/** The whole repository object of `GET /repos/{owner}/{repo}` and of webhooks. */
export function presentFullRepository(repository: Repository, api: string, web: string) {
  const at = seconds(repository.createdAt);
  const page = `${web}/${repository.fullName}`;
  return {
    ...presentRepository(repository, api, web),
    created_at: at,
    updated_at: at,
    pushed_at: at,
    git_url: `git://${page.replace(/^https?:\/\//, '')}.git`,
    ssh_url: `git@github.example:${repository.fullName}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 512,
    stargazers_count: 0,
    watchers_count: 0,
    language: 'TypeScript',
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: 1,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? 'private' : 'public',
    forks: 0,
    open_issues: 1,
    watchers: 0,
    network_count: 0,
    subscribers_count: 1,
    default_branch: repository.defaultBranch,
  };
}
