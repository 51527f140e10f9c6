import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { makeLambdaAliasWriter } from '#shared/adapters/aws/lambda-alias-writer.ts';
import { lambdaFunctionReader } from '#shared/adapters/aws/lambda-function-reader.ts';
import { makeLambdaFunctionWriter } from '#shared/adapters/aws/lambda-function-writer.ts';
import { makeResourceReader } from '#shared/adapters/aws/resource-reader.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

export const handler = actFunction(config, {
  alarms: makeCloudWatchAlarmReader(),
  deployments: makeDeploymentReader(),
  resources: makeResourceReader(lambdaFunctionReader()),
  lambdaAliases: makeLambdaAliasWriter(),
  lambdaFunctions: makeLambdaFunctionWriter(),
});
