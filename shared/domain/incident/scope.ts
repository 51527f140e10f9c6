import { identityOf, repositoryKeyOf } from './repository-identity.ts';
import type { GithubRunTarget, TargetContext } from './target-context.ts';

/**
 * Where what an incident teaches may be seen again: in the same repository by its name and its id, or for the same alarm. Null for storms,
 * which teach nothing.
 */
export function knowledgeScopeOf(target: TargetContext): string | null {
  switch (target.kind) {
    case 'github-run':
      return `repository#${repositoryKeyOf(identityOf(target))}`;
    case 'alarm':
      return `alarm#${target.alarmArn}`;
    case 'storm':
      return null;
    default:
      return target satisfies never;
  }
}

/** What the finished runs of a workflow are counted under. */
export function runsKeyOf(target: GithubRunTarget): string {
  return `${repositoryKeyOf(identityOf(target))}#${target.workflowId}`;
}
