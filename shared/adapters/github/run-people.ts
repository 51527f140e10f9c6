import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { RunPeople } from '#shared/domain/incident/target-context.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { type GithubClient, repositoryOf } from './github-client.ts';

const Account = z.object({ login: z.string(), id: z.number().int().positive().optional() }).nullish();
const Run = z.object({
  actor: Account,
  triggering_actor: Account,
  head_branch: z.string().nullish(),
  head_sha: z.string(),
  head_repository: z.object({ full_name: z.string() }).nullish(),
});
const PullRequest = z.object({ user: Account });
const Commit = z.object({ author: Account });
/** https://docs.github.com/en/rest/repos/repos#list-repository-activities */
const Activities = z.array(z.object({ after: z.string(), actor: Account }));

type Account = z.infer<typeof Account>;
const loginOf = (account: Account): string | null => account?.login ?? null;

/**
 * The people behind a run. Only a branch's activity shows who pushed a commit: the run's actor may be whoever set a
 * label. Where the token may not read that, as for a fork, the actor counts as the pusher.
 */
export function runPeople(client: GithubClient): Pick<CodeHost, 'peopleBehind'> {
  const lastPusher = async ({ head_repository, head_branch, head_sha }: z.infer<typeof Run>): Promise<Account> => {
    if (!head_repository || !head_branch) return null;
    const parameters = { ...repositoryOf(head_repository.full_name), ref: head_branch, per_page: 100 };
    const read = client.call('GET /repos/{owner}/{repo}/activity', parameters, Activities);
    const activities = await orRefused(read, []);
    return activities.find(({ after }) => after === head_sha)?.actor ?? null;
  };
  return {
    peopleBehind: async (repository, { runId, pullRequest, headSha }): Promise<RunPeople> => {
      const place = repositoryOf(repository);
      const run = await client.call(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        { ...place, run_id: runId },
        Run,
      );
      const requester = run.actor ?? null;
      const pusher = (await lastPusher(run)) ?? requester;
      const author =
        pullRequest === null
          ? ((await authorOfCommit(client, place, headSha)) ?? pusher)
          : await authorOfPullRequest(client, place, pullRequest);
      const triggeredBy = run.triggering_actor ?? requester;
      const ids = [author, pusher, requester, triggeredBy].flatMap((account) => account?.id ?? []);
      return {
        author: loginOf(author),
        lastPusher: loginOf(pusher),
        requester: loginOf(requester),
        triggeredBy: loginOf(triggeredBy),
        ...(ids.length === 0 ? {} : { accountIds: [...new Set(ids)] }),
      };
    },
  };
}

type Place = ReturnType<typeof repositoryOf>;

async function authorOfPullRequest(client: GithubClient, place: Place, number: number): Promise<Account> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  return (await client.call(route, { ...place, pull_number: number }, PullRequest)).user;
}

/** Null where GitHub links no account with it. */
async function authorOfCommit(client: GithubClient, place: Place, sha: string): Promise<Account> {
  const read = client.call('GET /repos/{owner}/{repo}/commits/{ref}', { ...place, ref: sha }, Commit);
  return (await orRefused(read, { author: null })).author;
}

async function orRefused<T>(read: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Refused) return otherwise;
    throw error;
  }
}
