import * as z from 'zod';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';

const Limit = z.object({ resources: z.object({ core: z.object({ limit: z.number(), remaining: z.number() }) }) });

/** Small reads, one for each permission that a diagnosis needs. Each throws `Retryable` or `Refused`. */
export interface GithubSelfTest {
  /** Requests that the token has in an hour, and how many are left; asking costs none. */
  limit(): Promise<{ readonly limit: number; readonly remaining: number }>;
  repository(name: string): Promise<void>;
  runs(name: string): Promise<void>;
  pullRequests(name: string): Promise<void>;
  /** Check runs of the default branch's head. */
  checks(name: string): Promise<void>;
}

/** Throws `InvalidInput` when `apiUrl` is not an http or https URL. */
export function makeGithubSelfTest(options: GithubOptions): GithubSelfTest {
  const client = makeGithubClient(options);
  const read = async (path: string, name: string, query: object = { per_page: 1 }): Promise<void> => {
    await client.call(`GET /repos/{owner}/{repo}${path}`, { ...repositoryOf(name), ...query }, z.unknown());
  };
  return {
    limit: async () => (await client.call('GET /rate_limit', {}, Limit)).resources.core,
    repository: (name) => read('', name, {}),
    runs: (name) => read('/actions/runs', name),
    pullRequests: (name) => read('/pulls', name),
    checks: (name) => read('/commits/HEAD/check-runs', name),
  };
}
