import type { RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';

/** Which repository has a name. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface RepositoryDirectory {
  /** As the code host says now. Its name differs from the one that was asked for when that was left behind by a rename or a transfer. */
  lookUp(name: string): Promise<RepositoryIdentity>;
}
