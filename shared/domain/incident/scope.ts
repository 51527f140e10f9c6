import { identityOf, repositoryKeyOf } from './repository-identity.ts';
import { isAlarmOrAlert, type RunTarget, type TargetContext } from './target-context.ts';

/**
 * Where lessons from an incident may be shown again: in the same repository (name and id), for the same alarm, or among
 * the reports and alerts about one service or repository. Null for storms, which teach nothing.
 */
export function knowledgeScopeOf(target: TargetContext): string | null {
  switch (target.kind) {
    case 'run':
      return `repository#${repositoryKeyOf(identityOf(target))}`;
    case 'alarm':
      return `alarm#${target.alarmArn}`;
    case 'alert':
      return target.service === null ? `alert#${target.connection}#${target.key}` : `service#${target.service}`;
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

/** The place of what holds for every service: whatever is taught without naming another place. */
export const ALL_SERVICES = 'services';

/** Where lessons are looked for: in the incident's own place, and in that of all services where it is about a service. */
export function knowledgeScopesOf(target: TargetContext): string[] {
  const own = knowledgeScopeOf(target);
  if (own === null) return [];
  const isOfService = isAboutService(target) || (target.kind === 'report' && target.service !== null);
  return isOfService ? [own, ALL_SERVICES] : [own];
}

/** Whether a failure is one of a running service rather than of a workflow run: logs read differently then. */
export function isAboutService(target: TargetContext): boolean {
  return isAlarmOrAlert(target) || (target.kind === 'report' && target.repository === null);
}

/** Key under which the finished runs of a workflow are counted. */
export function runsKeyOf(target: RunTarget): string {
  return `${repositoryKeyOf(identityOf(target))}#${target.workflowId}`;
}
