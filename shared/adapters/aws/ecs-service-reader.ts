import {
  DescribeServicesCommand,
  ECSClient,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { Refused } from '@selfheal/kernel/errors.ts';
import type { EcsServiceWriter } from '#shared/ports/cloud.ts';
import { ONCE, REPEATABLE } from './client-settings.ts';
import { sendEffect } from './errors.ts';
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

/** Changes ECS services. Never repeated after a lost answer (`OutcomeUnknown`). */
export function makeEcsServiceWriter(options: { readonly client?: ECSClient } = {}): EcsServiceWriter {
  const { client = new ECSClient(ONCE) } = options;
  const update = async (what: string, change: UpdateServiceCommandInput): Promise<void> => {
    await sendEffect(what, () => client.send(new UpdateServiceCommand(change)));
  };
  return {
    deploy: (cluster, service, taskDefinition) =>
      update(`Deploying ${taskDefinition} to ${cluster}/${service}`, { cluster, service, taskDefinition }),
    redeploy: (cluster, service) =>
      update(`Restarting ${cluster}/${service}`, { cluster, service, forceNewDeployment: true }),
    scale: (cluster, service, desiredCount) =>
      update(`Scaling ${cluster}/${service} to ${desiredCount} tasks`, { cluster, service, desiredCount }),
  };
}
