import type { Answer } from '@selfheal/fake-server/wire.ts';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { githubError, loginOf, NotFound, pageOf, type Route, type RouteContext, repositoryIn } from './route.ts';
import { bodyOf } from './routes-git.ts';
import { nodeId, presentUser, seconds } from './shapes-account.ts';
import type { PullRequest, ReviewCommentState } from './state.ts';

const COMMENTS = '/repos/{owner}/{repo}/pulls/{pull_number}/comments';
const DOCS = 'https://docs.github.com/rest/pulls/comments#create-a-review-comment-for-a-pull-request';

function pullIn(context: RouteContext): PullRequest {
  const { fullName } = repositoryIn(context);
  const pull = context.state.pullRequests.get(`${fullName}#${context.params.pull_number}`);
  if (pull === undefined) throw new NotFound('pull request');
  return pull;
}

/** Lines of the new file that the pull request's diff shows, each with its hunk. */
function linesInDiff(context: RouteContext, pull: PullRequest, path: string): Map<number, string> {
  const lines = new Map<number, string>();
  const commits = context.state.commits.all().filter((one) => one.repository === pull.repository);
  const files = commits.filter(({ pullRequest }) => pullRequest === pull.number).flatMap(({ files: all }) => all);
  const patch = files.findLast((file) => file.path === path)?.patch ?? '';
  let [hunk, at] = ['', 0];
  for (const line of patch.split('\n')) {
    const header = /^@@ -\S+ \+(\d+)(?:,\d+)? @@/.exec(line);
    if (header !== null) [hunk, at] = [line, Number(header[1])];
    else if (hunk !== '' && (line.startsWith('+') || line.startsWith(' '))) lines.set(at++, hunk);
  }
  return lines;
}

function createReviewComment(context: RouteContext): Answer {
  const pull = pullIn(context);
  const { body, path, line, start_line: start, commit_id: commit } = bodyOf(context);
  const invalid = (field: string, message: string): Answer => {
    const refusal = githubError(422, 'Validation Failed', DOCS);
    const errors = [{ resource: 'PullRequestReviewComment', code: 'custom', field, message }];
    return { status: 422, json: { ...(refusal.json as object), errors } };
  };
  if (typeof body !== 'string' || typeof path !== 'string') return invalid('body', 'body and path are required');
  if (typeof line !== 'number') return invalid('line', 'line is required');
  if (commit !== pull.headSha) return invalid('commit_id', 'commit_id is not part of the pull request');
  const shown = linesInDiff(context, pull, path);
  const hunk = shown.get(line);
  if (hunk === undefined)
    return invalid('pull_request_review_thread.line', 'pull_request_review_thread.line must be part of the diff');
  const first = typeof start === 'number' ? start : null;
  if (first !== null && (first >= line || shown.get(first) !== hunk))
    return invalid('pull_request_review_thread.start_line', 'start_line must be part of the same hunk as the line.');
  const at = isoNow(context.state.time);
  const comment: ReviewCommentState = {
    id: context.state.nextId(),
    repository: pull.repository,
    pullRequest: pull.number,
    author: loginOf(context.access),
    body,
    path,
    line,
    startLine: first,
    commit: pull.headSha,
    hunk,
    createdAt: at,
  };
  context.state.reviewComments.put(comment.id, comment);
  context.journal.record('github.review.commented', `${pull.repository}/pulls/${pull.number}`, { id: comment.id });
  return { status: 201, json: presentReviewComment(context, comment) };
}

function presentReviewComment({ site: { api, web } }: RouteContext, comment: ReviewCommentState) {
  const { id, repository, pullRequest, line, startLine } = comment;
  const url = `${api}/repos/${repository}/pulls/comments/${id}`;
  const pull = `${api}/repos/${repository}/pulls/${pullRequest}`;
  const page = `${web}/${repository}/pull/${pullRequest}#discussion_r${id}`;
  return {
    url,
    id,
    node_id: nodeId('PRRC', id),
    pull_request_review_id: id - 1,
    diff_hunk: comment.hunk,
    path: comment.path,
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    user: presentUser(comment.author, api, web),
    body: comment.body,
    created_at: seconds(comment.createdAt),
    updated_at: seconds(comment.createdAt),
    html_url: page,
    pull_request_url: pull,
    author_association: comment.author.endsWith('[bot]') ? 'NONE' : 'MEMBER',
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pull } },
    line,
    original_line: line,
    start_line: startLine,
    original_start_line: startLine,
    start_side: startLine === null ? null : 'RIGHT',
    side: 'RIGHT',
    subject_type: 'line',
  };
}

/** Comments on lines of a pull request's diff. */
export const REVIEW_ROUTES: readonly Route[] = [
  {
    operation: 'pulls/list-review-comments',
    method: 'GET',
    path: COMMENTS,
    handle(context) {
      const { repository, number } = pullIn(context);
      const all = context.state.reviewComments.all();
      const page = pageOf(
        all.filter((one) => one.repository === repository && one.pullRequest === number),
        context,
      );
      return { status: 200, headers: page.headers, json: page.items.map((one) => presentReviewComment(context, one)) };
    },
  },
  { operation: 'pulls/create-review-comment', method: 'POST', path: COMMENTS, handle: createReviewComment },
];
