import { Refused } from '@selfheal/kernel/errors.ts';
import {
  judgeRepositoryFile,
  MAX_REPOSITORY_FILE,
  narrowedByRepository,
  REPOSITORY_FILE,
  type RepositoryFile,
  repositoryDenial,
} from '#shared/domain/configuration/repository-file.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { Governance, GovernedDeps } from './governed.ts';

export type RepositoryFileReader = Pick<CodeHost, 'defaultBranchFile'>;

/**
 * The same dependencies, narrowed further by the file of the target's repository, which is read afresh from the default branch. A file that cannot
 * be used, or that may not be read, lowers the mode to suggest, and `denial` says why. A target without a repository changes nothing. Throws
 * `Retryable` when the code host does not answer.
 */
export async function governedInRepository<D extends GovernedDeps & Governance>(
  deps: D,
  target: TargetContext,
  codeHost: RepositoryFileReader,
): Promise<D> {
  const repository = target.kind === 'run' || target.kind === 'report' ? target.repository : null;
  if (repository === null) return deps;
  // Nothing is left to narrow, so GitHub is not asked.
  if (['off', 'observe'].includes(repositoryModeOf(deps.configuration, repository))) return deps;
  const narrowing = { file: await readRepositoryFile(repository, codeHost), now: deps.clock.now() };
  const denials = [deps.denial, repositoryDenial(deps.configuration, repository, narrowing)];
  return {
    ...deps,
    configuration: narrowedByRepository(deps.configuration, repository, narrowing),
    denial: denials.filter((one) => one !== null).join(' ') || null,
  };
}

async function readRepositoryFile(repository: string, codeHost: RepositoryFileReader): Promise<RepositoryFile> {
  try {
    const found = await codeHost.defaultBranchFile(repository, REPOSITORY_FILE, MAX_REPOSITORY_FILE);
    if (found.kind === 'missing') return { kind: 'none' };
    return found.kind === 'text' ? await parseRepositoryFile(found.text) : { kind: 'unusable', problem: found.problem };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const problem = 'GitHub refused to show it; give Selfheal the permission Contents: read';
    return { kind: 'unusable', problem };
  }
}

/** Reads the file's YAML. Aliases are refused: a few nested ones expand to more than fits into memory. */
export async function parseRepositoryFile(text: string): Promise<RepositoryFile> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    return { kind: 'unusable', problem: `line ${line} is not valid YAML (${error.code}); correct it` };
  }
  try {
    return judgeRepositoryFile(document.toJS({ maxAliasCount: 0 }));
  } catch {
    return { kind: 'unusable', problem: 'aliases (*name) are not supported; write the value out' };
  }
}
