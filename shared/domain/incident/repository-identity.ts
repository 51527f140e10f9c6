import * as z from 'zod';
import { FIRST_HOST, HostId, RepositoryName } from './target-context.ts';

/**
 * A repository: its name and its id together. Neither is enough alone: a name passes to somebody else when an owner is
 * renamed, and anybody can write an id into a body that they sign. The webhook checks that the signature is valid for
 * the name, the intake function that GitHub gives that name this id.
 */
export const RepositoryIdentity = z.strictObject({
  name: RepositoryName,
  id: z.number().int().nonnegative(),
  /** The code host that has it; absent: GitHub, the only one of earlier versions. */
  host: HostId.optional(),
});
export type RepositoryIdentity = z.infer<typeof RepositoryIdentity>;

/** The identity from a record that has it beside other fields. */
export function identityOf({
  repository,
  repositoryId,
  host,
}: {
  readonly repository: string;
  readonly repositoryId: number;
  readonly host?: string | undefined;
}): RepositoryIdentity {
  return { name: repository, id: repositoryId, ...(host === undefined || host === FIRST_HOST ? {} : { host }) };
}

/** Names are compared without regard to case, as every host does. */
export function isSameRepository(a: RepositoryIdentity, b: RepositoryIdentity): boolean {
  return hostOf(a) === hostOf(b) && a.id === b.id && a.name.toLowerCase() === b.name.toLowerCase();
}

/**
 * Key of everything stored about a repository. After a rename or a transfer it is another key: what was learned under
 * the old name is not shown to the new owner of that name.
 */
export function repositoryKeyOf(repository: RepositoryIdentity): string {
  const key = `${repository.id}:${repository.name.toLowerCase()}`;
  return hostOf(repository) === FIRST_HOST ? key : `${hostOf(repository)}:${key}`;
}

/** Id of the code host of a repository. */
export function hostOf({ host }: { readonly host?: string | undefined }): string {
  return host ?? FIRST_HOST;
}
