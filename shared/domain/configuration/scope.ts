import { alarmNameOf } from '../incident/identity.ts';
import type { TargetContext } from '../incident/target-context.ts';
import type { Mode } from '../policy/policy-settings.ts';
import type { Configuration, Service } from './configuration.ts';

/** The service that lists an alarm; null for runs, storms and unlisted alarms. */
export function serviceOf(configuration: Configuration, target: TargetContext): Service | null {
  if (target.kind !== 'alarm') return null;
  const name = alarmNameOf(target);
  return configuration.services.find((service) => service.alarms.includes(name)) ?? null;
}

/** How far Selfheal may go in a repository; the name's case does not matter. */
export function repositoryModeOf({ github }: Configuration, repository: string): Mode {
  const name = repository.toLowerCase();
  return github.repositories.find((one) => one.name.toLowerCase() === name)?.mode ?? github.defaultMode;
}

/** How far Selfheal may go with a target. An alarm of no listed service can only be handed to people. */
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
