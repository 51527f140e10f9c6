import type { CodeHost } from '#shared/ports/code-host.ts';
import { comments } from './comments.ts';
import { deliveries } from './deliveries.ts';
import { type GithubOptions, makeGithubClient } from './github-client.ts';
import { logDownload } from './log-download.ts';
import { runPeople } from './run-people.ts';
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
    ...runPeople(client),
    downloadLogs: logDownload(client, options),
    ...comments(client, options),
    ...deliveries(client),
  };
}
