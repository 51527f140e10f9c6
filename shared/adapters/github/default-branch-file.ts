import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { CodeHost, DefaultBranchFile } from '#shared/ports/code-host.ts';
import { type GithubClient, type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { isHttpError } from './github-errors.ts';

/** GitHub answers a list for a folder, and an object with its type for anything else. */
const Content = z.union([
  z.array(z.unknown()),
  z.object({
    type: z.string(),
    size: z.number(),
    encoding: z.string().optional(),
    content: z.string().optional(),
  }),
]);

/** Files of the default branch. Without `ref` GitHub takes that branch. https://docs.github.com/en/rest/repos/contents */
export function defaultBranchFiles(client: GithubClient): Pick<CodeHost, 'defaultBranchFile'> {
  return {
    defaultBranchFile: (repository, path, maxBytes) => fileAt(client, { ...repositoryOf(repository), path }, maxBytes),
  };
}

export type FileAtCommit = DefaultBranchFile;

/** Reads a file as a commit or a branch has it. Throws `Refused` and `Retryable`; GitHub answers 404 for a commit, too, that it does not have. */
export function makeGithubFileReader(
  options: GithubOptions,
  { repository, maxBytes }: { readonly repository: string; readonly maxBytes: number },
): (path: string, ref: string) => Promise<FileAtCommit> {
  const client = makeGithubClient(options);
  return (path, ref) => fileAt(client, { ...repositoryOf(repository), path, ref }, maxBytes);
}

async function fileAt(
  client: GithubClient,
  parameters: { readonly owner: string; readonly repo: string; readonly path: string; readonly ref?: string },
  maxBytes: number,
): Promise<DefaultBranchFile> {
  try {
    return fileOf(await client.call('GET /repos/{owner}/{repo}/contents/{path}', parameters, Content), maxBytes);
  } catch (error) {
    const cause = error instanceof Refused ? error.cause : null;
    if (isHttpError(cause) && cause.status === 404) return { kind: 'missing' };
    throw error;
  }
}

function fileOf(found: z.infer<typeof Content>, maxBytes: number): DefaultBranchFile {
  const unusable = (problem: string): DefaultBranchFile => ({ kind: 'unusable', problem });
  if (Array.isArray(found) || found.type !== 'file') return unusable('it is not a file; make it one or remove it');
  if (found.size > maxBytes) return unusable(`it has ${found.size} bytes; at most ${maxBytes} are read, shorten it`);
  const text = found.encoding === 'base64' ? utf8Of(Buffer.from(found.content ?? '', 'base64')) : null;
  return text === null ? unusable('it is not text in UTF-8; save it as such') : { kind: 'text', text };
}

/** The text; null for bytes that are not UTF-8. */
export function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
