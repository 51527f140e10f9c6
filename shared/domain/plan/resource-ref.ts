import type { ManagedService } from './managed-service.ts';
import type { Remedy } from './remedies.ts';

/** A thing that a remedy changes, by the names the catalogue gives. */
export type ResourceRef =
  | { readonly kind: 'ecs-service'; readonly cluster: string; readonly service: string }
  | { readonly kind: 'lambda-function'; readonly functionName: string }
  | { readonly kind: 'auto-scaling-group'; readonly group: string }
  | { readonly kind: 'rds-instance'; readonly instance: string }
  | {
      readonly kind: 'rds-parameter';
      readonly instance: string;
      readonly parameterGroup: string;
      readonly parameter: string;
    };

/** What a remedy of the service changes; null when the service has no such thing. */
export function resourceOf(remedy: Remedy, { deployment }: Pick<ManagedService, 'deployment'>): ResourceRef | null {
  switch (remedy.action) {
    case 'scale-ecs-service':
    case 'redeploy-ecs-service':
      return deployment?.kind === 'ecs-service'
        ? { kind: 'ecs-service', cluster: deployment.cluster, service: deployment.service }
        : null;
    case 'raise-lambda-memory':
    case 'set-lambda-concurrency':
      return { kind: 'lambda-function', functionName: remedy.functionName };
    case 'scale-auto-scaling-group':
    case 'refresh-instances':
      return { kind: 'auto-scaling-group', group: remedy.autoScalingGroup };
    case 'reboot-rds-instance':
      return { kind: 'rds-instance', instance: remedy.instance };
    case 'change-rds-parameter': {
      const { instance, parameterGroup, parameter } = remedy;
      return { kind: 'rds-parameter', instance, parameterGroup, parameter };
    }
    default:
      return remedy satisfies never;
  }
}

/** Everything that the remedies of a service for one alarm change, each once; of all its alarms when none is named. */
export function resourcesOf(service: ManagedService, alarmName?: string): ResourceRef[] {
  const listed = service.remedies.filter(({ alarms }) => alarmName === undefined || alarms.includes(alarmName));
  const refs = listed.flatMap((remedy) => resourceOf(remedy, service) ?? []);
  return [...new Map(refs.map((ref) => [JSON.stringify(ref), ref])).values()];
}

/** The key of an ECS service. */
export function ecsServiceKey(cluster: string, service: string): string {
  return `ecs:${cluster}/${service}`;
}

/** What leases, limits and the blast radius are counted on. A database and its parameters are one thing: both disturb who uses it. */
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
    default:
      return ref satisfies never;
  }
}
