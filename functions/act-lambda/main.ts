import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { makeLambdaAliasWriter } from '#shared/adapters/aws/lambda-alias-writer.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

export const handler = actFunction(config, {
  alarms: makeCloudWatchAlarmReader(),
  deployments: makeDeploymentReader(),
  lambdaAliases: makeLambdaAliasWriter(),
});
