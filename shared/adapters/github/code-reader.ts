import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';
import { redactLines } from '@selfheal/redaction/redacted-lines.ts';
import * as z from 'zod';
import type { ChangedFile, CodeReader } from '#shared/ports/code-reader.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';

const PER_PAGE = 100;
const MAX_PATH = 300;
const MAX_TITLE = 300;
const MAX_LOGIN = 60;
const File = z.object({
  filename: z.string(),
  status: z.string(),
  additions: z.number(),
  deletions: z.number(),
  patch: z.string().optional(),
});
const Commit = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), author: z.object({ date: z.string().optional() }).nullable() }),
  author: z.object({ login: z.string().optional() }).nullable(),
});
const WithFiles = z.object({ files: z.array(File).optional() });

/** GitHub behind the `CodeReader` port. Throws `InvalidInput` when `apiUrl` is not an http or https URL. */
export function makeGithubCodeReader(options: GithubOptions): CodeReader {
  const client = makeGithubClient(options);
  return {
    async changedFiles(repository, { sha, pullRequest }) {
      const place = repositoryOf(repository);
      if (pullRequest === null) {
        const parameters = { ...place, ref: sha, per_page: PER_PAGE };
        const { files = [] } = await client.call('GET /repos/{owner}/{repo}/commits/{ref}', parameters, WithFiles);
        return files.map(changedFile);
      }
      const parameters = { ...place, pull_number: pullRequest, per_page: PER_PAGE };
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files';
      return (await client.call(route, parameters, z.array(File))).map(changedFile);
    },
    async commitsOf(repository, sha, path, limit) {
      const parameters = { ...repositoryOf(repository), sha, path: rawNameOf(path), per_page: limit };
      const found = await client.call('GET /repos/{owner}/{repo}/commits', parameters, z.array(Commit));
      return found.map(({ sha: id, commit, author }) => ({
        sha: id,
        at: commit.author?.date ?? null,
        author: author?.login === undefined ? null : redactName(author.login, MAX_LOGIN),
        title: redactName(commit.message.split('\n')[0] ?? '', MAX_TITLE),
      }));
    },
  };
}

const changedFile = ({ filename, status, additions, deletions, patch }: z.infer<typeof File>): ChangedFile => ({
  path: new RawRef(filename),
  shown: redactName(filename, MAX_PATH),
  status: redactName(status, MAX_LOGIN),
  additions,
  deletions,
  patch: patch === undefined ? null : redactLines(patch, makeRedactor()),
});
