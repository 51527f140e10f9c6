import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { EcsServiceWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './clients.ts';
import { sendEffect } from './errors.ts';

/** Deploys a task definition. Never repeated after a lost answer (`OutcomeUnknown`). */
export function makeEcsServiceWriter(options: { readonly client?: ECSClient } = {}): EcsServiceWriter {
  const { client = new ECSClient(ONCE) } = options;
  return {
    deploy: async (cluster, service, taskDefinition) => {
      const command = new UpdateServiceCommand({ cluster, service, taskDefinition });
      await sendEffect(`Deploying ${taskDefinition} to ${cluster}/${service}`, () => client.send(command));
    },
  };
}
