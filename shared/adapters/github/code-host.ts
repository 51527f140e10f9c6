import * as z from 'zod';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { CodeHost, RepositoryDirectory } from '#shared/ports/code-host.ts';
import { checkRuns } from './check-runs.ts';
import { comments } from './comments.ts';
import { defaultBranchFiles } from './default-branch-file.ts';
import { deliveries } from './deliveries.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { logDownload } from './log-download.ts';
import { runPeople } from './run-people.ts';
import { runSurroundings } from './run-surroundings.ts';
import { runs } from './runs.ts';

/**
 * GitHub behind the `CodeHost` port. Reads and idempotent writes are retried three times with jitter, honouring rate limits;
 * re-runs, new comments and re-deliveries throw `OutcomeUnknown` when their answer was lost. Throws `InvalidInput` when
 * `apiUrl` is not an http or https URL.
 */
export function makeGithubCodeHost(options: GithubOptions): CodeHost {
  const client = makeGithubClient(options);
  return {
    ...runs(client),
    ...runSurroundings(client),
    ...runPeople(client),
    downloadLogs: logDownload(client, options),
    ...comments(client, options),
    ...checkRuns(client, options),
    ...deliveries(client),
    ...defaultBranchFiles(client),
  };
}

const Repository = z.object({ id: z.number().int(), full_name: RepositoryName });

/** GitHub redirects after a rename or a transfer, so the answer may be about a repository with another name. */
export function makeGithubRepositoryDirectory(options: GithubOptions): RepositoryDirectory {
  const client = makeGithubClient(options);
  return {
    lookUp: async (name) => {
      const found = await client.call('GET /repos/{owner}/{repo}', repositoryOf(name), Repository);
      return { name: found.full_name, id: found.id };
    },
  };
}
