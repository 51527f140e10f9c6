import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { AccountLookUp, People } from '#shared/ports/code-host.ts';
import { type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { isHttpError } from './github-errors.ts';

/** https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
const CollaboratorPermission = z.object({
  permission: z.enum(['none', 'read', 'write', 'admin']),
  user: z.object({ login: z.string() }).nullable(),
});
/** https://docs.github.com/en/rest/users/users#get-a-user */
const Account = z.object({ id: z.number().int().positive() });
const Reaction = z.object({ id: z.number() });

/** People and their permissions, as GitHub reports them now. */
export function makeGithubPeople(options: GithubOptions): People {
  const client = makeGithubClient(options);
  return {
    permissionOf: async (repository, { login }) => {
      const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
      const parameters = { ...repositoryOf(repository), username: login };
      const { permission, user } = await client.call(route, parameters, CollaboratorPermission);
      // The answer must be about the requested person.
      if (user?.login.toLowerCase() !== login.toLowerCase())
        throw new Refused(`${route}: GitHub answered about another account.`);
      return permission;
    },
    // Its deliveries are signed, and say who is a bot.
    wrote: async () => true,
    react: async (repository, { commentId }, sign) => {
      const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
      await client.call(route, { ...repositoryOf(repository), comment_id: commentId, content: sign }, Reaction);
    },
    replyInThread: async () => {
      throw new Refused('GitHub has no threads among the comments of a pull request.');
    },
  };
}

/** Looks up accounts by their logins. */
export function makeGithubAccounts(options: GithubOptions): AccountLookUp {
  const client = makeGithubClient(options);
  return async (login) => {
    try {
      return await client.call('GET /users/{username}', { username: login }, Account);
    } catch (error) {
      if (error instanceof Refused && isHttpError(error.cause) && error.cause.status === 404) return null;
      throw error;
    }
  };
}
