import * as z from 'zod';
import { FIRST_HOST, hostOfRepository, RepositoryName } from './target-context.ts';

/**
 * A repository: its name and its id together. Neither is enough alone: a name passes to somebody else when an owner is
 * renamed, and anybody can write an id into a body that they sign. The webhook checks that the signature is valid for
 * the name, the intake function that GitHub gives that name this id.
 */
export const RepositoryIdentity = z.strictObject({ name: RepositoryName, id: z.number().int().nonnegative() });
export type RepositoryIdentity = z.infer<typeof RepositoryIdentity>;

/** The identity from a record that has it beside other fields. */
export function identityOf({
  repository,
  repositoryId,
}: {
  readonly repository: string;
  readonly repositoryId: number;
}): RepositoryIdentity {
  return { name: repository, id: repositoryId };
}

/** Names are compared without regard to case, as every host does. */
export function isSameRepository(a: RepositoryIdentity, b: RepositoryIdentity): boolean {
  return a.id === b.id && a.name.toLowerCase() === b.name.toLowerCase();
}

/**
 * Key of everything stored about a repository. After a rename or a transfer it is another key: what was learned under
 * the old name is not shown to the new owner of that name.
 */
export function repositoryKeyOf({ name, id }: RepositoryIdentity): string {
  return `${id}:${name.toLowerCase()}`;
}

/** Key of a pull or merge request. Numbers of repositories are those of one host; GitHub's keys name no host. */
export function pullRequestKeyOf(place: {
  readonly repository: string;
  readonly repositoryId: number;
  readonly pullRequest: number;
}): string {
  const host = hostOfRepository(place.repository);
  return `${host === FIRST_HOST ? '' : `${host}:`}${place.repositoryId}#${place.pullRequest}`;
}
