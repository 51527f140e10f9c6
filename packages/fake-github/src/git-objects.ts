import { createHash } from 'node:crypto';
import { type CommitState, type Files, type GitCommit, type GithubState, shaOf } from './state.ts';

/** Git's id of a file content. */
export function blobSha(content: string): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** An id that depends on the tree's content. */
export const treeSha = (files: Files): string => shaOf(JSON.stringify(Object.entries(files).sort()));

/** A commit made through the API or seeded; undefined when there is none. */
export function gitCommit(state: GithubState, repository: string, sha: string): GitCommit | undefined {
  const made = state.gitCommits.get(`${repository}@${sha}`);
  if (made !== undefined) return made;
  const seeded = state.commits.get(`${repository}@${sha}`);
  if (seeded === undefined) return undefined;
  const history = historyBelow(state, seeded);
  const parent = history.at(-1)?.sha;
  return {
    sha,
    repository,
    message: seeded.message,
    author: seeded.author,
    at: seeded.at,
    parents: parent === undefined ? [] : [parent],
    files: filesOf([...history, seeded]),
  };
}

/** Earlier commits of the default branch or of the commit's pull request, oldest first. */
function historyBelow(state: GithubState, head: CommitState): CommitState[] {
  return state.commits
    .all()
    .filter((one) => one.repository === head.repository && one.sha !== head.sha && one.at <= head.at)
    .filter(({ pullRequest }) => pullRequest === null || pullRequest === head.pullRequest)
    .sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
}

function filesOf(commits: readonly CommitState[]): Files {
  const files: Record<string, string> = {};
  for (const { path, status, content } of commits.flatMap((commit) => commit.files)) {
    if (status === 'removed') delete files[path];
    else if (content !== undefined) files[path] = content;
  }
  return files;
}

/** Files of the newest commit whose tree has this id. */
export function filesOfTree(state: GithubState, repository: string, sha: string): Files | undefined {
  const made = state.gitTrees.get(`${repository}@${sha}`);
  if (made !== undefined) return made.files;
  const seeded = state.commits.all().filter((one) => one.repository === repository);
  return seeded
    .map((one) => gitCommit(state, repository, one.sha)?.files ?? {})
    .find((files) => treeSha(files) === sha);
}
