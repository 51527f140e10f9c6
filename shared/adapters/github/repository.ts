import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';

/** Splits `owner/name`; throws `InvalidInput` for anything else. */
export function repositoryOf(repository: string): { owner: string; repo: string } {
  const [owner, repo] = repository.split('/');
  if (!RepositoryName.safeParse(repository).success || !owner || !repo || repo === '.' || repo === '..') {
    throw new InvalidInput(`${repository} is not a repository name (owner/name).`);
  }
  return { owner, repo };
}
