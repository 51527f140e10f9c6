import type { Answer } from '@selfheal/fake-server/wire.ts';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { blobSha, gitCommit } from './git-objects.ts';
import { githubError, loginOf, type Route, type RouteContext, repositoryIn } from './route.ts';
import { bodyOf, headOf, presentGitCommit } from './routes-git.ts';
import { presentContent } from './shapes-code.ts';
import { shaOf } from './state.ts';

const DOCS = 'https://docs.github.com/rest/repos/contents#create-or-update-file-contents';

/** Writes one file of a branch as a commit of its own, unless the file is not the one that the client saw. */
function putContent(context: RouteContext): Answer {
  const { fullName, defaultBranch } = repositoryIn(context);
  const { message, content, sha: seen, branch = defaultBranch } = bodyOf(context);
  if (typeof message !== 'string' || typeof content !== 'string' || typeof branch !== 'string')
    return githubError(422, 'Invalid request.\n\n"message" and "content" must be strings.', DOCS);
  const parent = headOf(context, `heads/${branch}`);
  if (parent === null) return githubError(404, `Branch ${branch} not found`, DOCS);
  const path = context.params.path ?? '';
  const before = gitCommit(context.state, fullName, parent)?.files ?? {};
  const existing = before[path] === undefined ? undefined : blobSha(before[path]);
  if (existing !== undefined && seen === undefined)
    return githubError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.', DOCS);
  if (seen !== undefined && seen !== existing) return githubError(409, `${path} does not match ${String(seen)}`, DOCS);
  const text = Buffer.from(content, 'base64').toString('utf8');
  const files = { ...before, [path]: text };
  const at = isoNow(context.state.time);
  const sha = shaOf(JSON.stringify([fullName, message, path, text, parent, at]));
  const commit = { sha, repository: fullName, message, author: loginOf(context.access), at, parents: [parent], files };
  context.state.gitCommits.put(`${fullName}@${sha}`, commit);
  context.state.references.put(`${fullName}@heads/${branch}`, { repository: fullName, ref: `heads/${branch}`, sha });
  context.journal.record('github.file.written', `${fullName}/${branch}`, { path });
  return {
    status: existing === undefined ? 201 : 200,
    json: {
      content: presentContent(context.site, { repository: fullName, path, ref: branch }, text),
      commit: presentGitCommit(context, commit),
    },
  };
}

export const CONTENT_ROUTES: readonly Route[] = [
  {
    operation: 'repos/create-or-update-file-contents',
    method: 'PUT',
    path: '/repos/{owner}/{repo}/contents/{path}',
    handle: putContent,
  },
];
