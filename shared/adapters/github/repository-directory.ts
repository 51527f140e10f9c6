import * as z from 'zod';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { RepositoryDirectory } from '#shared/ports/repository-directory.ts';
import { type GithubOptions, makeGithubClient } from './github-client.ts';
import { repositoryOf } from './repository.ts';

const Repository = z.object({ id: z.number().int(), full_name: RepositoryName });

/** GitHub follows a rename or a transfer by a redirect, so the answer may be about a repository of another name. */
export function makeGithubRepositoryDirectory(options: GithubOptions): RepositoryDirectory {
  const client = makeGithubClient(options);
  return {
    lookUp: async (name) => {
      const found = await client.call('GET /repos/{owner}/{repo}', repositoryOf(name), Repository);
      return { name: found.full_name, id: found.id };
    },
  };
}
