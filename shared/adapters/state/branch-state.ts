import { InvalidInput, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import {
  documentPath,
  type QualityState,
  requireDocumentSize,
} from '@selfheal/pull-request-quality/ports/quality-state.ts';
import * as z from 'zod';
import { type GithubClient, type GithubOptions, makeGithubClient, repositoryOf } from '../github/github-client.ts';
import { isHttpError } from '../github/github-errors.ts';

/** Other documents of the branch may be written at the same moment; GitHub then refuses this one, although nobody changed it. */
const MAX_ATTEMPTS = 6;
const README = `# State of Selfheal

Written by the checks of this repository's pull requests: baselines, coverage map, test history. Nothing here is code.
Deleting this branch makes the next run of the default branch start anew.
`;

const Content = z.object({ sha: z.string(), size: z.number(), encoding: z.string(), content: z.string() });
const Blob = z.object({ content: z.string(), encoding: z.literal('base64') });
const Sha = z.object({ sha: z.string() });

/**
 * Documents as files `<name>.json` of a branch that shares no history with the code. The revision is the file's Git object id, which
 * GitHub compares when it writes. The branch is created by the first write. Needs `contents: write`; `contents: read` to read.
 * https://docs.github.com/en/rest/repos/contents
 */
export function makeBranchState(options: GithubOptions & { repository: string; branch: string }): QualityState {
  const client = makeGithubClient(options);
  const { branch, clock } = options;
  const place = repositoryOf(options.repository);
  const find = async (name: string) => {
    const parameters = { ...place, path: documentPath(name), ref: branch };
    return unlessStatus([404], () => client.call('GET /repos/{owner}/{repo}/contents/{path}', parameters, Content));
  };
  const put = async (name: string, text: string, replaces: string | null): Promise<number> => {
    const parameters = {
      ...place,
      path: documentPath(name),
      branch,
      message: `Selfheal: ${name}`,
      content: Buffer.from(text).toString('base64'),
      ...(replaces === null ? {} : { sha: replaces }),
    };
    try {
      await client.call('PUT /repos/{owner}/{repo}/contents/{path}', parameters, z.unknown());
      return 200;
    } catch (error) {
      const status = statusOf(error);
      if (status === 404 || status === 409 || status === 422) return status;
      throw error;
    }
  };
  return {
    async read(name) {
      const found = await find(name);
      if (found === null) return null;
      if (found.encoding === 'base64') return { text: textOf(found.content), revision: found.sha };
      // Files of more than 1 MB come without their content.
      const parameters = { ...place, file_sha: found.sha };
      const blob = await client.call('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', parameters, Blob);
      return { text: textOf(blob.content), revision: found.sha };
    },
    async write(name, text, replaces) {
      requireDocumentSize(name, text);
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const status = await put(name, text, replaces);
        if (status === 200) return 'written';
        const now = (await find(name))?.sha ?? null;
        if (now !== replaces) return 'changed-meanwhile';
        if (status === 404) await createBranch(client, place, branch);
        await clock.sleep(Math.random() * 200 * attempt);
      }
      throw new Retryable(
        `The state document ${name} could not be written to the branch ${branch} in ${MAX_ATTEMPTS} attempts, because others keep writing there.`,
      );
    },
  };
}

/** A commit without parents, so that the branch holds nothing of the code. Nothing happens when somebody else was first. */
async function createBranch(client: GithubClient, place: { owner: string; repo: string }, branch: string) {
  const readme = { path: 'README.md', mode: '100644', type: 'blob', content: README };
  const tree = await client.call('POST /repos/{owner}/{repo}/git/trees', { ...place, tree: [readme] }, Sha);
  const commit = { ...place, message: 'Selfheal: state', tree: tree.sha, parents: [] };
  const { sha } = await client.call('POST /repos/{owner}/{repo}/git/commits', commit, Sha);
  const reference = { ...place, ref: `refs/heads/${branch}`, sha };
  await unlessStatus([422], () => client.call('POST /repos/{owner}/{repo}/git/refs', reference, z.unknown()));
}

async function unlessStatus<T>(statuses: readonly number[], ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return null;
    throw error;
  }
}

const statusOf = (error: unknown): number | null =>
  error instanceof Refused && isHttpError(error.cause) ? error.cause.status : null;

function textOf(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidInput('A state document on the branch is not UTF-8. Delete it; then it starts anew.', { cause });
  }
}
