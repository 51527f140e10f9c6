import type { Service } from '../configuration/configuration.ts';
import type { TargetContext } from '../incident/target-context.ts';

/** The key of a workflow run: what leases, limits and the blast radius are counted on. */
export function runKey(repository: string, runId: number): string {
  return `github:${repository.toLowerCase()}/run/${runId}`;
}

/** The key of a Lambda function's alias. */
export function aliasKey(functionName: string, alias: string): string {
  return `lambda:${functionName}/${alias}`;
}

/** The key of an ECS service. */
export function ecsServiceKey(cluster: string, service: string): string {
  return `ecs:${cluster}/${service}`;
}

/** The things an incident's actions may change: its own run, or the deployment of its service. Never more than one. */
export function changeableKeys(target: TargetContext, service: Service | null): readonly string[] {
  switch (target.kind) {
    case 'github-run':
      return [runKey(target.repository, target.runId)];
    case 'alarm':
      return service?.deployment ? [deploymentKey(service.deployment)] : [];
    case 'storm':
      return [];
    default:
      return target satisfies never;
  }
}

function deploymentKey(deployment: NonNullable<Service['deployment']>): string {
  return deployment.kind === 'lambda-alias'
    ? aliasKey(deployment.functionName, deployment.alias)
    : ecsServiceKey(deployment.cluster, deployment.service);
}
