import * as z from 'zod';
import { RepositoryName } from './target-context.ts';

/**
 * A repository: its name and its id together. Neither is enough alone: a name passes on to somebody else when an owner is renamed, and anybody
 * can write an id into a body that they sign. The edge checks that a signature may speak for the name, the intake function that GitHub
 * gives this id to that name.
 */
export const RepositoryIdentity = z.strictObject({ name: RepositoryName, id: z.number().int().nonnegative() });
export type RepositoryIdentity = z.infer<typeof RepositoryIdentity>;

/** The identity in a record that holds it beside other fields. */
export function identityOf({
  repository,
  repositoryId,
}: {
  readonly repository: string;
  readonly repositoryId: number;
}): RepositoryIdentity {
  return { name: repository, id: repositoryId };
}

/** GitHub's names differ in more than their letters' case. */
export function isSameRepository(a: RepositoryIdentity, b: RepositoryIdentity): boolean {
  return a.id === b.id && a.name.toLowerCase() === b.name.toLowerCase();
}

/**
 * What everything kept about a repository is filed under. After a rename or a transfer it is another one: what was learned under the old
 * name is not shown to whoever has the repository now.
 */
export function repositoryKeyOf({ name, id }: RepositoryIdentity): string {
  return `${id}:${name.toLowerCase()}`;
}
