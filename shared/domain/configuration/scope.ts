import { isAtHome, isForeignEvent } from '../incident/home.ts';
import { alarmNameOf } from '../incident/identity.ts';
import { FIRST_HOST, hostOfRepository, type ReportTarget, type TargetContext } from '../incident/target-context.ts';
import { mayRetry } from '../plan/target-key.ts';
import type { Mode } from '../policy/policy-settings.ts';
import { spellingOf } from '../webhooks/connection.ts';
import type { Configuration, Service } from './configuration.ts';

/**
 * The service that lists an alarm, or that a report or another tool's alert names; null for runs, storms and whatever is not listed. An alarm of
 * another account or region, and an event of AWS from there, belongs to no service, whatever its name is.
 */
export function serviceOf(configuration: Configuration, target: TargetContext): Service | null {
  if (target.kind === 'report') return configuration.services.find(({ id }) => id === target.service) ?? null;
  if (target.kind === 'alert')
    return isForeignEvent(target, configuration.home) ? null : serviceSpelled(configuration, target.service);
  if (target.kind !== 'alarm' || !isAtHome(target, configuration.home)) return null;
  const name = alarmNameOf(target);
  return configuration.services.find((service) => service.alarms.includes(name)) ?? null;
}

/** The service that another tool names, by its id or, where only one fits, by its letters and digits (`PaymentService`). */
function serviceSpelled({ services }: Configuration, name: string | null): Service | null {
  if (name === null) return null;
  const spelled = services.filter(({ id }) => spellingOf(id) === spellingOf(name));
  return services.find(({ id }) => id === name) ?? (spelled.length === 1 ? (spelled[0] ?? null) : null);
}

/** How far Selfheal may go in a repository; the name's case does not matter. Off on a host that is not configured. */
export function repositoryModeOf({ github, hosts }: Pick<Configuration, 'github' | 'hosts'>, repository: string): Mode {
  const host = hostOfRepository(repository);
  if (host !== FIRST_HOST && hosts[host] === undefined) return 'off';
  const name = repository.toLowerCase();
  return github.repositories.find((one) => one.name.toLowerCase() === name)?.mode ?? github.defaultMode;
}

/** Nothing is done on a report's word, so its mode is at most "suggest". A job is what Selfheal read itself. */
function reportModeOf(configuration: Configuration, target: ReportTarget): Mode {
  if (target.job !== undefined) return serviceOf(configuration, target)?.mode ?? 'suggest';
  const mode =
    target.repository === null
      ? (serviceOf(configuration, target)?.mode ?? 'suggest')
      : repositoryModeOf(configuration, target.repository);
  return suggestAtMost(mode);
}

/** Of what others say: nothing is done on their word alone. */
const suggestAtMost = (mode: Mode): Mode => (mode === 'act' ? 'suggest' : mode);

/** How far Selfheal may go with a target. An alarm of no listed service can only be handed to people. */
export function modeOf(configuration: Configuration, target: TargetContext): Mode {
  switch (target.kind) {
    case 'run':
      return repositoryModeOf(configuration, target.repository);
    case 'alarm':
      return serviceOf(configuration, target)?.mode ?? 'suggest';
    case 'report':
      return reportModeOf(configuration, target);
    case 'alert': {
      const service = serviceOf(configuration, target);
      const mode = service?.mode ?? 'suggest';
      return target.build !== undefined && mayRetry(target.build, service) ? mode : suggestAtMost(mode);
    }
    case 'storm':
      return 'suggest';
    default:
      return target satisfies never;
  }
}

/** What a service deploys, as events of AWS name it. */
export function deployedResource(deployment: NonNullable<Service['deployment']>): string {
  return deployment.kind === 'lambda-alias'
    ? `lambda/${deployment.functionName}`
    : `ecs/${deployment.cluster}/${deployment.service}`;
}
