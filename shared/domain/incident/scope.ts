import type { Configuration, Mode, Service } from '../configuration/configuration.ts';
import { alarmNameOf } from './identity.ts';
import type { TargetContext } from './target-context.ts';

/** The catalogue's service that an alarm speaks of; null for runs, storms and alarms nobody listed. */
export function serviceOf(configuration: Configuration, target: TargetContext): Service | null {
  if (target.kind !== 'alarm') return null;
  const name = alarmNameOf(target);
  return configuration.services.find((service) => service.alarms.includes(name)) ?? null;
}

/**
 * Where what an incident teaches may be seen again: in the same repository, or for the same alarm. By the repository's id, because a
 * name can pass on to somebody else. Null for storms, which teach nothing.
 */
export function knowledgeScopeOf(target: TargetContext): string | null {
  switch (target.kind) {
    case 'github-run':
      return `repository#${target.repositoryId}`;
    case 'alarm':
      return `alarm#${target.alarmArn}`;
    case 'storm':
      return null;
    default:
      return target satisfies never;
  }
}

/** How far Selfheal may go with a target. An alarm of no known service can only be handed to people. */
export function modeOf(configuration: Configuration, target: TargetContext): Mode {
  switch (target.kind) {
    case 'github-run': {
      const name = target.repository.toLowerCase();
      const listed = configuration.github.repositories.find((repository) => repository.name.toLowerCase() === name);
      return listed?.mode ?? configuration.github.defaultMode;
    }
    case 'alarm':
      return serviceOf(configuration, target)?.mode ?? 'suggest';
    case 'storm':
      return 'suggest';
    default:
      return target satisfies never;
  }
}
