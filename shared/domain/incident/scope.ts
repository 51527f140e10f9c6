import { identityOf, repositoryKeyOf } from './repository-identity.ts';
import type { GithubRunTarget, TargetContext } from './target-context.ts';

/**
 * Where lessons from an incident may be shown again: in the same repository (name and id), for the same alarm, or among
 * the reports about one service or repository. Null for storms, which teach nothing.
 */
export function knowledgeScopeOf(target: TargetContext): string | null {
  switch (target.kind) {
    case 'github-run':
      return `repository#${repositoryKeyOf(identityOf(target))}`;
    case 'alarm':
      return `alarm#${target.alarmArn}`;
    case 'report':
      return target.service !== null
        ? `service#${target.service}`
        : target.repository === null
          ? 'reports'
          : `reports#${target.repository.toLowerCase()}`;
    case 'storm':
      return null;
    default:
      return target satisfies never;
  }
}

/** Whether a failure is one of a running service rather than of a workflow run: logs read differently then. */
export function isAboutService(target: TargetContext): boolean {
  return target.kind === 'alarm' || (target.kind === 'report' && target.repository === null);
}

/** Key under which the finished runs of a workflow are counted. */
export function runsKeyOf(target: GithubRunTarget): string {
  return `${repositoryKeyOf(identityOf(target))}#${target.workflowId}`;
}
