import { ecsServiceReader, makeEcsServiceWriter } from '#shared/adapters/aws/ecs-service-reader.ts';
import { alarms, defineAct, deployments, resourcesOf } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineAct(config, {
  alarms,
  deployments,
  resources: resourcesOf(ecsServiceReader),
  ecsServices: () => makeEcsServiceWriter(),
});
