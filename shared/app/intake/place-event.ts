import { redactName } from '@selfheal/redaction/redact.ts';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { deployedResource } from '#shared/domain/configuration/scope.ts';
import { awsPlaceOf } from '#shared/domain/incident/aws-resource.ts';
import { isForeignEvent } from '#shared/domain/incident/home.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { FIRST_HOST } from '#shared/domain/incident/target-context.ts';

/**
 * The signal of an event with the service that its resource or repository is part of, by the configuration. What no service lists keeps its own name, by
 * which a service of that name is found. An event of another account or region is named with its place, so that it is taken for nothing here.
 * Other signals stay as they are; the same signal twice is the same.
 */
export function placeEvent(signal: Signal, configuration: Configuration): Signal {
  const { target } = signal;
  if (target.kind !== 'alert' || target.service === null) return signal;
  const name = serviceNameOf({ ...target, service: target.service }, configuration);
  return name === null ? signal : { ...signal, target: { ...target, service: redactName(name, 100) } };
}

type Named = Extract<Signal['target'], { kind: 'alert' }> & { readonly service: string };

/** Null where it is no event that names a resource or a repository. */
function serviceNameOf(target: Named, configuration: Configuration): string | null {
  const { service: resource, provider } = target;
  const name = resource.split('/').at(-1) ?? resource;
  const place = awsPlaceOf(target);
  if (place !== null) {
    if (!resource.startsWith(`${provider}/`)) return null;
    if (isForeignEvent(target, configuration.home)) return `${name} of ${place.account} in ${place.region}`;
    return configuration.services.find((one) => isPartOf(resource, one))?.id ?? name;
  }
  if (provider !== FIRST_HOST || !resource.includes('/')) return null;
  const isOf = ({ repositories }: Service) => repositories.some((one) => one.toLowerCase() === resource.toLowerCase());
  return configuration.services.find(isOf)?.id ?? name;
}

function isPartOf(resource: string, { resources, deployment }: Service): boolean {
  return resources.includes(resource) || (deployment !== null && deployedResource(deployment) === resource);
}
