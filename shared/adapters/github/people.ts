import * as z from 'zod';
import { Refused } from '#shared/kernel/errors.ts';
import type { People } from '#shared/ports/people.ts';
import { type GithubOptions, makeGithubClient } from './github-client.ts';
import { repositoryOf } from './repository.ts';

/** https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
const CollaboratorPermission = z.object({
  permission: z.enum(['none', 'read', 'write', 'admin']),
  user: z.object({ login: z.string() }).nullable(),
});
const Reaction = z.object({ id: z.number() });

/** People and their rights, as GitHub tells them now. */
export function makeGithubPeople(options: GithubOptions): People {
  const client = makeGithubClient(options);
  return {
    permissionOf: async (repository, login) => {
      const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
      const parameters = { ...repositoryOf(repository), username: login };
      const { permission, user } = await client.call(route, parameters, CollaboratorPermission);
      // The answer must be about the person that was asked for.
      if (user?.login.toLowerCase() !== login.toLowerCase()) throw new Refused(`${route}: it is about somebody else.`);
      return permission;
    },
    react: async (repository, commentId, sign) => {
      const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
      await client.call(route, { ...repositoryOf(repository), comment_id: commentId, content: sign }, Reaction);
    },
  };
}
