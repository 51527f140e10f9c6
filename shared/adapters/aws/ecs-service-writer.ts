import { ECSClient, UpdateServiceCommand, type UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import type { EcsServiceWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './clients.ts';
import { sendEffect } from './errors.ts';

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
