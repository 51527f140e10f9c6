import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { Refused } from '#shared/kernel/errors.ts';
import { REPEATABLE } from './clients.ts';
import type { KindReaders } from './resource-reader.ts';

/** Reads the tasks of ECS services. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export function ecsServiceReader(options: { readonly client?: ECSClient } = {}) {
  const { client = new ECSClient(REPEATABLE) } = options;
  return {
    'ecs-service': async ({ kind, cluster, service }) => {
      const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
      const [found] = services;
      const deployments = found?.deployments ?? [];
      const primary = deployments.find(({ status }) => status === 'PRIMARY');
      if (found?.status !== 'ACTIVE' || !primary?.id || !primary.taskDefinition) {
        throw new Refused(`There is no service ${service} in cluster ${cluster}.`);
      }
      return {
        kind,
        cluster,
        service,
        taskDefinition: primary.taskDefinition,
        deploymentId: primary.id,
        settled: deployments.length === 1 && (primary.rolloutState ?? 'COMPLETED') === 'COMPLETED',
        desiredCount: found.desiredCount ?? 0,
        runningCount: found.runningCount ?? 0,
      };
    },
  } satisfies KindReaders;
}
