import type { Configuration, Mode, Service } from '../configuration/configuration.ts';
import { alarmNameOf } from './identity.ts';
import { identityOf, repositoryKeyOf } from './repository-identity.ts';
import type { GithubRunTarget, TargetContext } from './target-context.ts';

/** The catalogue's service that an alarm speaks of; null for runs, storms and alarms nobody listed. */
export function serviceOf(configuration: Configuration, target: TargetContext): Service | null {
  if (target.kind !== 'alarm') return null;
  const name = alarmNameOf(target);
  return configuration.services.find((service) => service.alarms.includes(name)) ?? null;
}

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

/** How far Selfheal may go in a repository, by its name in any case. */
export function repositoryModeOf({ github }: Configuration, repository: string): Mode {
  const name = repository.toLowerCase();
  return github.repositories.find((one) => one.name.toLowerCase() === name)?.mode ?? github.defaultMode;
}

/** What the finished runs of a workflow are counted under. */
export function runsKeyOf(target: GithubRunTarget): string {
  return `${repositoryKeyOf(identityOf(target))}#${target.workflowId}`;
}

/** How far Selfheal may go with a target. An alarm of no known service can only be handed to people. */
export function modeOf(configuration: Configuration, target: TargetContext): Mode {
  switch (target.kind) {
    case 'github-run':
      return repositoryModeOf(configuration, target.repository);
    case 'alarm':
      return serviceOf(configuration, target)?.mode ?? 'suggest';
    case 'storm':
      return 'suggest';
    default:
      return target satisfies never;
  }
}
