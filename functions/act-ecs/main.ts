import { ecsServiceReader, makeEcsServiceWriter } from '#shared/adapters/aws/ecs-service-reader.ts';
import { defineAct } from '../compose.ts';
import { alarms, deployments, resourcesOf } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineAct(config, {
  alarms,
  deployments,
  resources: resourcesOf(ecsServiceReader),
  ecsServices: () => makeEcsServiceWriter(),
});
