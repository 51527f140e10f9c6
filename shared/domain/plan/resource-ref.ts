import type { ManagedService } from './managed-service.ts';
import type { Remedy } from './remedies.ts';

/** A resource that a remedy changes, by its names in the configuration. */
export type ResourceRef =
  | { readonly kind: 'ecs-service'; readonly cluster: string; readonly service: string }
  | { readonly kind: 'lambda-function'; readonly functionName: string }
  | { readonly kind: 'auto-scaling-group'; readonly group: string }
  | { readonly kind: 'rds-instance'; readonly instance: string }
  | { readonly kind: 'aurora-cluster'; readonly cluster: string }
  | {
      readonly kind: 'rds-parameter';
      readonly instance: string;
      readonly parameterGroup: string;
      readonly parameter: string;
    };

/** What a remedy of the service changes, by the names in it; null when it names nothing and the service has no such deployment. */
export function resourceOf(
  { functionName, autoScalingGroup: group, auroraCluster: cluster, instance, parameterGroup, parameter }: Remedy,
  { deployment }: Pick<ManagedService, 'deployment'>,
): ResourceRef | null {
  if (functionName !== undefined) return { kind: 'lambda-function', functionName };
  if (group !== undefined) return { kind: 'auto-scaling-group', group };
  if (cluster !== undefined) return { kind: 'aurora-cluster', cluster };
  if (instance !== undefined) {
    return parameterGroup === undefined || parameter === undefined
      ? { kind: 'rds-instance', instance }
      : { kind: 'rds-parameter', instance, parameterGroup, parameter };
  }
  return deployment?.kind === 'ecs-service'
    ? { kind: 'ecs-service', cluster: deployment.cluster, service: deployment.service }
    : null;
}

/** Everything that the remedies of a service for one alarm change, each once; for all its alarms when none is named. */
export function resourcesOf(service: ManagedService, alarmName?: string): ResourceRef[] {
  const listed = service.remedies.filter(({ alarms }) => alarmName === undefined || alarms.includes(alarmName));
  const refs = listed.flatMap((remedy) => resourceOf(remedy, service) ?? []);
  return [...new Map(refs.map((ref) => [JSON.stringify(ref), ref])).values()];
}

/** The key of an ECS service. */
export function ecsServiceKey(cluster: string, service: string): string {
  return `ecs:${cluster}/${service}`;
}

/**
 * Key for leases, limits and the blast radius. A database and its parameters are one: changing either disturbs its
 * users.
 */
export function resourceKey(ref: ResourceRef): string {
  switch (ref.kind) {
    case 'ecs-service':
      return ecsServiceKey(ref.cluster, ref.service);
    case 'lambda-function':
      return `lambda:${ref.functionName}/function`;
    case 'auto-scaling-group':
      return `autoscaling:group/${ref.group}`;
    case 'rds-instance':
    case 'rds-parameter':
      return `rds:instance/${ref.instance}`;
    case 'aurora-cluster':
      return `rds:cluster/${ref.cluster}`;
    default:
      return ref satisfies never;
  }
}
