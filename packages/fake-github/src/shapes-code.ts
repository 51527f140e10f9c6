import { blobSha } from './git-objects.ts';
import { nodeId, presentUser, seconds } from './shapes-account.ts';
import type { Site } from './shapes-runs.ts';
import { type CommitState, type FileChange, shaOf } from './state.ts';

/** The commit object; only a single one contains its files. */
export function presentCommit(site: Site, commit: CommitState, whole: boolean) {
  const { api, web } = site;
  const url = `${api}/repos/${commit.repository}/commits/${commit.sha}`;
  const page = `${web}/${commit.repository}/commit/${commit.sha}`;
  const person = { name: commit.author, email: `${commit.author}@example.com`, date: seconds(commit.at) };
  const tree = shaOf(`tree of ${commit.sha}`);
  const author = presentUser(commit.author, api, web);
  const parent = shaOf(`parent of ${commit.sha}`);
  const sum = (of: 'additions' | 'deletions') => commit.files.reduce((all, file) => all + file[of], 0);
  const stats = {
    total: sum('additions') + sum('deletions'),
    additions: sum('additions'),
    deletions: sum('deletions'),
  };
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    url,
    html_url: page,
    comments_url: `${url}/comments`,
    commit: {
      author: person,
      committer: person,
      message: commit.message,
      tree: { sha: tree, url: `${api}/repos/${commit.repository}/git/trees/${tree}` },
      url: `${api}/repos/${commit.repository}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    author,
    committer: author,
    parents: [{ sha: parent, url: `${api}/repos/${commit.repository}/commits/${parent}` }],
    ...(whole ? { stats, files: commit.files.map((file) => presentFile(site, commit, file)) } : {}),
  };
}

/** What lies between two commits, `ahead` newest first. */
export function presentComparison(
  site: Site,
  { base, head, ahead }: { base: CommitState; head: CommitState; ahead: readonly CommitState[] },
) {
  const { api, web } = site;
  const range = `${base.sha}...${head.sha}`;
  const page = `${web}/${base.repository}/compare/${range}`;
  const newest = new Map(
    ahead.toReversed().flatMap((commit) => commit.files.map((file) => [file.path, { commit, file }] as const)),
  );
  return {
    url: `${api}/repos/${base.repository}/compare/${range}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: presentCommit(site, base, false),
    merge_base_commit: presentCommit(site, base, false),
    status: ahead.length === 0 ? 'identical' : 'ahead',
    ahead_by: ahead.length,
    behind_by: 0,
    total_commits: ahead.length,
    commits: ahead.toReversed().map((commit) => presentCommit(site, commit, false)),
    files: [...newest.values()].map(({ commit, file }) => presentFile(site, commit, file)),
  };
}

/** One file of a diff. */
export function presentFile({ api, web }: Site, { repository, sha }: CommitState, file: FileChange) {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: shaOf(`${sha} ${file.path}`),
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/${repository}/blob/${sha}/${path}`,
    raw_url: `${web}/${repository}/raw/${sha}/${path}`,
    contents_url: `${api}/repos/${repository}/contents/${path}?ref=${sha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
  };
}

/** A larger file comes without its content: https://docs.github.com/en/rest/repos/contents#get-repository-content */
const MAX_INLINE_BYTES = 1_048_576;

/** A file's content, as a request for its path gets it. */
export function presentContent(
  { api, web }: Site,
  { repository, path, ref }: { repository: string; path: string; ref: string },
  text: string,
) {
  const bytes = Buffer.from(text);
  const sha = blobSha(text);
  const url = `${api}/repos/${repository}/contents/${path}?ref=${ref}`;
  const [git, html] = [`${api}/repos/${repository}/git/blobs/${sha}`, `${web}/${repository}/blob/${ref}/${path}`];
  const isLarge = bytes.length > MAX_INLINE_BYTES;
  return {
    type: 'file',
    encoding: isLarge ? 'none' : 'base64',
    size: bytes.length,
    name: path.split('/').at(-1),
    path,
    content: isLarge ? '' : bytes.toString('base64').replace(/(.{60})/g, '$1\n'),
    sha,
    url,
    git_url: git,
    html_url: html,
    download_url: `${web}/${repository}/raw/${ref}/${path}`,
    _links: { git, self: url, html },
  };
}
