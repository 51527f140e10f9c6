import { makeLambdaAliasWriter } from '#shared/adapters/aws/lambda-alias-writer.ts';
import { lambdaFunctionReader } from '#shared/adapters/aws/lambda-function-reader.ts';
import { makeLambdaFunctionWriter } from '#shared/adapters/aws/lambda-function-writer.ts';
import { defineAct } from '../compose.ts';
import { alarms, deployments, resourcesOf } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineAct(config, {
  alarms,
  deployments,
  resources: resourcesOf(lambdaFunctionReader),
  lambdaAliases: () => makeLambdaAliasWriter(),
  lambdaFunctions: ({ memorySetter }) => makeLambdaFunctionWriter({ memorySetterArn: memorySetter }),
});
