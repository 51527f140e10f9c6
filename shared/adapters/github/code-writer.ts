import { Refused } from '@selfheal/kernel/errors.ts';
import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import * as z from 'zod';
import type { BranchHead, CodeTree, CodeWriter } from '#shared/ports/code-writer.ts';
import { utf8Of } from './default-branch-file.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { isHttpError } from './github-errors.ts';

const Sha = z.object({ sha: z.string() });
const Commit = z.object({ sha: z.string(), message: z.string(), tree: Sha, parents: z.array(Sha) });
const Tree = z.object({
  sha: z.string(),
  truncated: z.boolean(),
  tree: z.array(z.object({ path: z.string(), mode: z.string(), sha: z.string() })),
});
const Blob = z.object({ content: z.string(), encoding: z.string() });
const Reference = z.object({ object: Sha });

/**
 * GitHub behind the `CodeWriter` port. Git objects are named after their content, so writing them again changes
 * nothing; a branch makes them visible. https://docs.github.com/en/rest/git
 */
export function makeGithubCodeWriter(options: GithubOptions): CodeWriter {
  const client = makeGithubClient(options);
  const readCommit = async (repository: string, commit_sha: string) =>
    client.call(
      'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
      { ...repositoryOf(repository), commit_sha },
      Commit,
    );
  return {
    async readTree(repository, commit): Promise<CodeTree | null> {
      const { tree } = await readCommit(repository, commit);
      const parameters = { ...repositoryOf(repository), tree_sha: tree.sha, recursive: '1' };
      const found = await client.call('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', parameters, Tree);
      if (found.truncated) return null;
      return { sha: found.sha, entries: new Map(found.tree.map(({ path, mode, sha }) => [path, { mode, sha }])) };
    },
    async readText(repository, file_sha) {
      const parameters = { ...repositoryOf(repository), file_sha };
      const blob = await client.call('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', parameters, Blob);
      return textOf(blob);
    },
    async branchHead(repository, branch): Promise<BranchHead | null> {
      const parameters = {
        ...repositoryOf(repository),
        ref: `heads/${typeof branch === 'string' ? branch : rawNameOf(branch)}`,
      };
      const found = await unlessMissing(() =>
        client.call('GET /repos/{owner}/{repo}/git/ref/{ref}', parameters, Reference),
      );
      if (found === null) return null;
      const { sha, message, parents } = await readCommit(repository, found.object.sha);
      return { sha, message, parents: parents.map((parent) => parent.sha) };
    },
    async writeCommit(repository, { parent, filesOf, changes, message }) {
      const place = repositoryOf(repository);
      const base = await readCommit(repository, filesOf);
      const entries = changes.map(({ path, content }) => ({
        path,
        mode: '100644',
        type: 'blob',
        ...(content === null ? { sha: null } : { content }),
      }));
      const tree =
        entries.length === 0
          ? base.tree
          : await client.call(
              'POST /repos/{owner}/{repo}/git/trees',
              { ...place, base_tree: base.tree.sha, tree: entries },
              Sha,
            );
      const commit = { ...place, message, tree: tree.sha, parents: [parent] };
      return (await client.call('POST /repos/{owner}/{repo}/git/commits', commit, Sha)).sha;
    },
    async createBranch(repository, branch, sha) {
      const parameters = { ...repositoryOf(repository), ref: `refs/heads/${branch}`, sha };
      await client.effect('POST /repos/{owner}/{repo}/git/refs', parameters, z.unknown());
    },
    async deleteBranch(repository, branch) {
      const parameters = {
        ...repositoryOf(repository),
        ref: `heads/${typeof branch === 'string' ? branch : rawNameOf(branch)}`,
      };
      await unlessMissing(() => client.call('DELETE /repos/{owner}/{repo}/git/refs/{ref}', parameters, z.unknown()));
    },
  };
}

/** Null for bytes that are not UTF-8. */
function textOf({ content, encoding }: z.infer<typeof Blob>): string | null {
  if (encoding !== 'base64') return encoding === 'utf-8' ? content : null;
  return utf8Of(Buffer.from(content, 'base64'));
}

/** For a missing reference GitHub answers 404 to a read and 422 to a deletion. */
async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    const cause = error instanceof Refused ? error.cause : null;
    if (isHttpError(cause) && (cause.status === 404 || isMissingReference(cause))) return null;
    throw error;
  }
}

const isMissingReference = ({ status, message }: { status: number; message: string }): boolean =>
  status === 422 && /Reference does not exist/i.test(message);
