import { identityOf, repositoryKeyOf } from './repository-identity.ts';
import type { GithubRunTarget, TargetContext } from './target-context.ts';

/**
 * Where lessons from an incident may be shown again: in the same repository (name and id), or for the same alarm. Null
 * for storms, which teach nothing.
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

/** Key under which the finished runs of a workflow are counted. */
export function runsKeyOf(target: GithubRunTarget): string {
  return `${repositoryKeyOf(identityOf(target))}#${target.workflowId}`;
}
