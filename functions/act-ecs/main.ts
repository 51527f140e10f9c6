import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { ecsServiceReader } from '#shared/adapters/aws/ecs-service-reader.ts';
import { makeEcsServiceWriter } from '#shared/adapters/aws/ecs-service-writer.ts';
import { makeResourceReader } from '#shared/adapters/aws/resource-reader.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

export const handler = actFunction(config, {
  alarms: makeCloudWatchAlarmReader(),
  deployments: makeDeploymentReader(),
  resources: makeResourceReader(ecsServiceReader()),
  ecsServices: makeEcsServiceWriter(),
});
