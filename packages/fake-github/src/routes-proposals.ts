import type { Answer } from '@selfheal/fake-server/wire.ts';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { gitCommit } from './git-objects.ts';
import { githubError, loginOf, NotFound, pageOf, type Route, type RouteContext, repositoryIn } from './route.ts';
import { bodyOf } from './routes-git.ts';
import { presentIssue, presentSimplePullRequest } from './shapes-proposals.ts';
import { presentLabel, presentPullRequest } from './shapes-talk.ts';
import { type IssueState, nextNumber, type PullRequest } from './state.ts';

const REPO = '/repos/{owner}/{repo}';
const PULL_DOCS = 'https://docs.github.com/rest/pulls/pulls#create-a-pull-request';
const ISSUE_DOCS = 'https://docs.github.com/rest/issues/issues#create-an-issue';

function validationFailed(documentation: string, detail: Readonly<Record<string, string>>): Answer {
  const refusal = githubError(422, 'Validation Failed', documentation);
  return { status: 422, json: { ...(refusal.json as object), errors: [detail] } };
}

const pullsIn = ({ state }: RouteContext, repository: string): PullRequest[] =>
  state.pullRequests.all().filter((one) => one.repository === repository);

function createPullRequest(context: RouteContext): Answer {
  const repository = repositoryIn(context);
  const { fullName } = repository;
  const { title, head, base, body, draft } = bodyOf(context);
  const invalid = (field: string) =>
    validationFailed(PULL_DOCS, { resource: 'PullRequest', field, code: 'invalid', message: `${field} is invalid` });
  if (typeof title !== 'string' || typeof head !== 'string' || typeof base !== 'string') return invalid('title');
  const sha = context.state.references.get(`${fullName}@heads/${head}`)?.sha ?? null;
  if (sha === null || gitCommit(context.state, fullName, sha) === undefined) return invalid('head');
  const known = base === repository.defaultBranch || pullsIn(context, fullName).some((one) => one.headBranch === base);
  if (!known) return invalid('base');
  if (pullsIn(context, fullName).some((one) => one.headBranch === head && (one.state ?? 'open') === 'open')) {
    const message = `A pull request already exists for ${fullName.split('/')[0]}:${head}.`;
    return validationFailed(PULL_DOCS, { resource: 'PullRequest', code: 'custom', message });
  }
  const pull: PullRequest = {
    id: context.state.nextId(),
    number: nextNumber(context.state, fullName),
    repository: fullName,
    title,
    author: loginOf(context.access),
    headBranch: head,
    headSha: sha,
    createdAt: isoNow(context.state.time),
    body: typeof body === 'string' ? body : null,
    draft: draft === true,
    base,
  };
  context.state.pullRequests.put(`${fullName}#${pull.number}`, pull);
  context.journal.record('github.pull.created', `${fullName}/pulls/${pull.number}`, {
    head,
    base,
    draft: draft === true,
  });
  return { status: 201, json: presentPullRequest(context.state, context.site, repository, pull) };
}

function listPullRequests(context: RouteContext): Answer {
  const repository = repositoryIn(context);
  const wanted = context.request.query.get('state') ?? 'open';
  const head = context.request.query.get('head');
  const found = pullsIn(context, repository.fullName)
    .filter(({ state = 'open' }) => wanted === 'all' || state === wanted)
    .filter((pull) => head === null || `${(pull.fork ?? pull.repository).split('/')[0]}:${pull.headBranch}` === head)
    .sort((a, b) => b.number - a.number);
  const page = pageOf(found, context);
  const json = page.items.map((pull) => presentSimplePullRequest(context.state, context.site, repository, pull));
  return { status: 200, headers: page.headers, json };
}

function addLabels(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const key = `${fullName}#${context.params.issue_number}`;
  const { labels } = bodyOf(context);
  if (!Array.isArray(labels) || labels.some((label) => typeof label !== 'string')) {
    return validationFailed(ISSUE_DOCS, { resource: 'Label', field: 'labels', code: 'invalid' });
  }
  const { issues, pullRequests } = context.state;
  const [pull, issue] = [pullRequests.get(key), issues.get(key)];
  const all = [...new Set([...(pull?.labels ?? issue?.labels ?? []), ...(labels as string[])])];
  if (pull !== undefined) pullRequests.put(key, { ...pull, labels: all });
  else if (issue !== undefined) issues.put(key, { ...issue, labels: all, updatedAt: isoNow(context.state.time) });
  else throw new NotFound('issue');
  context.journal.record('github.labels.added', `${fullName}/issues/${context.params.issue_number}`, {
    labels: all.join(','),
  });
  return { status: 200, json: all.map((name) => presentLabel(context.site, fullName, name)) };
}

function createIssue(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const { title, body, labels = [], assignees = [] } = bodyOf(context);
  if (typeof title !== 'string' || !Array.isArray(labels) || !Array.isArray(assignees)) {
    return validationFailed(ISSUE_DOCS, { resource: 'Issue', field: 'title', code: 'missing_field' });
  }
  // Accounts that are gone, as `GET /users/{username}` answers.
  const gone = assignees.find((login) => String(login).startsWith('gone-'));
  if (gone !== undefined)
    return validationFailed(ISSUE_DOCS, {
      resource: 'Issue',
      field: 'assignees',
      code: 'invalid',
      value: String(gone),
    });
  const issue: IssueState = {
    id: context.state.nextId(),
    number: nextNumber(context.state, fullName),
    repository: fullName,
    title,
    body: typeof body === 'string' ? body : null,
    author: loginOf(context.access),
    labels: labels as string[],
    assignees: assignees as string[],
    state: 'open',
    createdAt: isoNow(context.state.time),
  };
  context.state.issues.put(`${fullName}#${issue.number}`, issue);
  context.journal.record('github.issue.created', `${fullName}/issues/${issue.number}`, {
    labels: issue.labels.join(','),
  });
  return { status: 201, json: presentIssue(context.site, issue) };
}

function listIssues(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const { query } = context.request;
  const [wanted, labels] = [query.get('state') ?? 'open', query.get('labels')?.split(',') ?? []];
  const found = context.state.issues
    .all()
    .filter((one) => one.repository === fullName && (wanted === 'all' || one.state === wanted))
    .filter((one) => labels.every((label) => one.labels.includes(label)))
    .sort((a, b) => b.number - a.number);
  const page = pageOf(found, context);
  return { status: 200, headers: page.headers, json: page.items.map((issue) => presentIssue(context.site, issue)) };
}

function updateIssue(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const key = `${fullName}#${context.params.issue_number}`;
  const issue = context.state.issues.get(key);
  if (issue === undefined) throw new NotFound('issue');
  const { state, state_reason: reason } = bodyOf(context);
  if (state !== 'open' && state !== 'closed')
    return validationFailed(ISSUE_DOCS, { resource: 'Issue', field: 'state', code: 'invalid' });
  const at = isoNow(context.state.time);
  const stateReason = reason === 'completed' || reason === 'not_planned' || reason === 'reopened' ? reason : null;
  const changed: IssueState = { ...issue, state, stateReason, closedAt: state === 'closed' ? at : null, updatedAt: at };
  context.state.issues.put(key, changed);
  context.journal.record(
    `github.issue.${state === 'closed' ? 'closed' : 'reopened'}`,
    `${fullName}/issues/${issue.number}`,
    {
      reason: stateReason ?? 'none',
    },
  );
  return { status: 200, json: presentIssue(context.site, changed) };
}

/** GitHub's search, of which it knows phrases in quotes, which have to be in the body; qualifiers are ignored. */
function searchIssues(context: RouteContext): Answer {
  const words = [...(context.request.query.get('q') ?? '').matchAll(/"([^"]+)"/g)].map(([, phrase = '']) => phrase);
  const found = context.state.issues
    .all()
    .filter(({ body }) => words.length > 0 && words.every((phrase) => body?.includes(phrase)))
    .sort((a, b) => b.number - a.number);
  const page = pageOf(found, context);
  const items = page.items.map((issue) => ({ ...presentIssue(context.site, issue), score: 1 }));
  return { status: 200, json: { total_count: found.length, incomplete_results: false, search_type: 'lexical', items } };
}

/** Pull requests and issues. */
export const PROPOSAL_ROUTES: readonly Route[] = [
  { operation: 'pulls/list', method: 'GET', path: `${REPO}/pulls`, handle: listPullRequests },
  { operation: 'pulls/create', method: 'POST', path: `${REPO}/pulls`, handle: createPullRequest },
  {
    operation: 'repos/list-pull-requests-associated-with-commit',
    method: 'GET',
    path: `${REPO}/commits/{commit_sha}/pulls`,
    handle(context) {
      const repository = repositoryIn(context);
      const sha = context.params.commit_sha;
      const found = pullsIn(context, repository.fullName).filter((one) => one.mergedAs === sha || one.headSha === sha);
      const page = pageOf(found, context);
      const json = page.items.map((pull) => presentSimplePullRequest(context.state, context.site, repository, pull));
      return { status: 200, headers: page.headers, json };
    },
  },
  { operation: 'issues/list-for-repo', method: 'GET', path: `${REPO}/issues`, handle: listIssues },
  { operation: 'issues/create', method: 'POST', path: `${REPO}/issues`, handle: createIssue },
  { operation: 'issues/update', method: 'PATCH', path: `${REPO}/issues/{issue_number}`, handle: updateIssue },
  { operation: 'search/issues-and-pull-requests', method: 'GET', path: '/search/issues', handle: searchIssues },
  { operation: 'issues/add-labels', method: 'POST', path: `${REPO}/issues/{issue_number}/labels`, handle: addLabels },
];
