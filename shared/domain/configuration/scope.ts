import { alarmNameOf } from '../incident/identity.ts';
import type { TargetContext } from '../incident/target-context.ts';
import type { Mode } from '../policy/policy-settings.ts';
import type { Configuration, Service } from './configuration.ts';

/** The catalogue's service that an alarm speaks of; null for runs, storms and alarms nobody listed. */
export function serviceOf(configuration: Configuration, target: TargetContext): Service | null {
  if (target.kind !== 'alarm') return null;
  const name = alarmNameOf(target);
  return configuration.services.find((service) => service.alarms.includes(name)) ?? null;
}

/** How far Selfheal may go in a repository, by its name in any case. */
export function repositoryModeOf({ github }: Configuration, repository: string): Mode {
  const name = repository.toLowerCase();
  return github.repositories.find((one) => one.name.toLowerCase() === name)?.mode ?? github.defaultMode;
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
