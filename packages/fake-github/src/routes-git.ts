import { type Answer, parseJson } from '@selfheal/fake-server/wire.ts';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { blobSha, filesOfTree, gitCommit, treeSha } from './git-objects.ts';
import { githubError, loginOf, NotFound, type Route, type RouteContext, repositoryIn } from './route.ts';
import { nodeId, seconds } from './shapes-account.ts';
import { type Files, type GitCommit, shaOf } from './state.ts';

const GIT = '/repos/{owner}/{repo}/git';
const DOCS = 'https://docs.github.com/rest/git';
type Body = Readonly<Record<string, unknown>>;

/** The request's JSON object, or an empty one. */
export function bodyOf({ request }: RouteContext): Body {
  const body: unknown = parseJson(request.body);
  return typeof body === 'object' && body !== null ? (body as Body) : {};
}

const unprocessable = (message: string): Answer => githubError(422, message, DOCS);

function commitIn(context: RouteContext, sha: string): GitCommit {
  const found = gitCommit(context.state, repositoryIn(context).fullName, sha);
  if (found === undefined) throw new NotFound('commit');
  return found;
}

export function presentGitCommit({ site }: RouteContext, commit: GitCommit) {
  const url = `${site.api}/repos/${commit.repository}/git`;
  const person = { name: commit.author, email: `${commit.author}@example.com`, date: seconds(commit.at) };
  const tree = treeSha(commit.files);
  const page = (sha: string) => `${site.web}/${commit.repository}/commit/${sha}`;
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    url: `${url}/commits/${commit.sha}`,
    html_url: page(commit.sha),
    author: person,
    committer: person,
    message: commit.message,
    tree: { sha: tree, url: `${url}/trees/${tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: page(sha) })),
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  };
}

function presentTree({ site, params }: RouteContext, files: Files) {
  const url = `${site.api}/repos/${params.owner}/${params.repo}/git`;
  const tree = Object.entries(files).map(([path, content]) => {
    const sha = blobSha(content);
    return { path, mode: '100644', type: 'blob', sha, size: Buffer.byteLength(content), url: `${url}/blobs/${sha}` };
  });
  return { sha: treeSha(files), url: `${url}/trees/${treeSha(files)}`, tree, truncated: false };
}

function createTree(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const { base_tree: base, tree } = bodyOf(context);
  const before = typeof base === 'string' ? filesOfTree(context.state, fullName, base) : {};
  if (before === undefined || !Array.isArray(tree)) return unprocessable('base_tree is not a valid tree oid');
  const files: Record<string, string> = { ...before };
  for (const entry of tree as Body[]) {
    if (typeof entry.path !== 'string' || entry.mode !== '100644' || entry.type !== 'blob') {
      return unprocessable('tree.mode is invalid');
    }
    if (entry.sha === null) delete files[entry.path];
    else if (typeof entry.content === 'string') files[entry.path] = entry.content;
    else return unprocessable('tree.sha is invalid');
  }
  context.state.gitTrees.put(`${fullName}@${treeSha(files)}`, { files });
  return { status: 201, json: presentTree(context, files) };
}

function createCommit(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const { message, tree, parents } = bodyOf(context);
  const files = typeof tree === 'string' ? filesOfTree(context.state, fullName, tree) : undefined;
  if (typeof message !== 'string' || files === undefined || !Array.isArray(parents)) {
    return unprocessable('Tree SHA does not exist');
  }
  const known = parents.every(
    (sha) => typeof sha === 'string' && gitCommit(context.state, fullName, sha) !== undefined,
  );
  if (!known) return unprocessable('Parent SHA does not exist or is not a commit object');
  const at = isoNow(context.state.time);
  const sha = shaOf(JSON.stringify([fullName, message, tree, parents, at]));
  const commit = { sha, repository: fullName, message, author: loginOf(context.access), at, parents, files };
  context.state.gitCommits.put(`${fullName}@${sha}`, commit);
  return { status: 201, json: presentGitCommit(context, commit) };
}

function presentReference({ site, params }: RouteContext, ref: string, sha: string) {
  const url = `${site.api}/repos/${params.owner}/${params.repo}/git`;
  return {
    ref: `refs/${ref}`,
    node_id: nodeId('REF', ref),
    url: `${url}/refs/${ref}`,
    object: { type: 'commit', sha, url: `${url}/commits/${sha}` },
  };
}

/** The newest seeded commit of the default branch. */
function tipOf(context: RouteContext, ref: string): string | null {
  const { fullName, defaultBranch } = repositoryIn(context);
  if (ref !== `heads/${defaultBranch}`) return null;
  const own = context.state.commits.all().filter((one) => one.repository === fullName && one.pullRequest === null);
  return own.sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id).at(-1)?.sha ?? null;
}

/** The commit at the head of `heads/x`; null when there is no such branch. */
export function headOf(context: RouteContext, ref: string): string | null {
  const { fullName } = repositoryIn(context);
  return context.state.references.get(`${fullName}@${ref}`)?.sha ?? tipOf(context, ref);
}

/** The path's `heads/x`, with the commit at its head. */
function referenceIn(context: RouteContext): { key: string; ref: string; sha: string } | null {
  const { fullName } = repositoryIn(context);
  const ref = context.params.ref ?? '';
  const key = `${fullName}@${ref}`;
  const sha = headOf(context, ref);
  return sha === null ? null : { key, ref, sha };
}

function createReference(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const { ref, sha } = bodyOf(context);
  const name = typeof ref === 'string' ? /^refs\/(heads\/[\w./-]{1,200})$/.exec(ref)?.[1] : undefined;
  if (name === undefined || typeof sha !== 'string') return unprocessable('Reference name is invalid');
  const key = `${fullName}@${name}`;
  if ((context.state.references.get(key)?.sha ?? null) !== null) return unprocessable('Reference already exists');
  const commit = gitCommit(context.state, fullName, sha);
  if (commit === undefined) return unprocessable('Object does not exist');
  context.state.references.put(key, { repository: fullName, ref: name, sha });
  const branch = name.slice('heads/'.length);
  context.journal.record('github.branch.created', `${fullName}/${branch}`, { sha });
  context.pushed({ repository: fullName, branch, sha, message: commit.message, files: commit.files });
  return { status: 201, json: presentReference(context, name, sha) };
}

function deleteReference(context: RouteContext): Answer {
  const found = referenceIn(context);
  if (found === null) return unprocessable('Reference does not exist');
  const { fullName } = repositoryIn(context);
  context.state.references.put(found.key, { repository: fullName, ref: found.ref, sha: null });
  const branch = found.ref.slice('heads/'.length);
  context.journal.record('github.branch.deleted', `${fullName}/${branch}`);
  return { status: 204, json: undefined };
}

/** Git objects: blobs, trees, commits and references. */
export const GIT_ROUTES: readonly Route[] = [
  {
    operation: 'git/get-commit',
    method: 'GET',
    path: `${GIT}/commits/{commit_sha}`,
    handle: (context) => ({
      status: 200,
      json: presentGitCommit(context, commitIn(context, context.params.commit_sha ?? '')),
    }),
  },
  {
    operation: 'git/get-tree',
    method: 'GET',
    path: `${GIT}/trees/{tree_sha}`,
    handle(context) {
      const files = filesOfTree(context.state, repositoryIn(context).fullName, context.params.tree_sha ?? '');
      if (files === undefined) throw new NotFound('tree');
      return { status: 200, json: presentTree(context, files) };
    },
  },
  {
    operation: 'git/get-blob',
    method: 'GET',
    path: `${GIT}/blobs/{file_sha}`,
    handle(context) {
      const { fullName } = repositoryIn(context);
      const sha = context.params.file_sha ?? '';
      const commits = [...context.state.commits.all(), ...context.state.gitCommits.all()];
      const own = commits.filter(({ repository }) => repository === fullName);
      const texts = own.flatMap((one) => Object.values(gitCommit(context.state, fullName, one.sha)?.files ?? {}));
      const text = texts.find((one) => blobSha(one) === sha);
      if (text === undefined) throw new NotFound('blob');
      const bytes = Buffer.from(text);
      const url = `${context.site.api}/repos/${fullName}/git/blobs/${sha}`;
      const content = bytes.toString('base64').replace(/(.{60})/g, '$1\n');
      return {
        status: 200,
        json: { sha, node_id: nodeId('B', sha), size: bytes.length, url, content, encoding: 'base64' },
      };
    },
  },
  { operation: 'git/create-tree', method: 'POST', path: `${GIT}/trees`, handle: createTree },
  { operation: 'git/create-commit', method: 'POST', path: `${GIT}/commits`, handle: createCommit },
  {
    operation: 'git/get-ref',
    method: 'GET',
    path: `${GIT}/ref/{ref}`,
    handle(context) {
      const found = referenceIn(context);
      if (found === null) throw new NotFound('reference');
      return { status: 200, json: presentReference(context, found.ref, found.sha) };
    },
  },
  { operation: 'git/create-ref', method: 'POST', path: `${GIT}/refs`, handle: createReference },
  { operation: 'git/delete-ref', method: 'DELETE', path: `${GIT}/refs/{ref}`, handle: deleteReference },
];
