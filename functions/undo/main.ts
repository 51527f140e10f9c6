import { makeAutoScalingWriter } from '#shared/adapters/aws/auto-scaling-writer.ts';
import { makeDatabaseWriter } from '#shared/adapters/aws/database-reader.ts';
import { makeDatabaseSizer } from '#shared/adapters/aws/database-sizer.ts';
import { makeEcsServiceWriter } from '#shared/adapters/aws/ecs-service-reader.ts';
import { makeLambdaAliasWriter } from '#shared/adapters/aws/lambda-alias-writer.ts';
import { makeLambdaFunctionWriter } from '#shared/adapters/aws/lambda-function-writer.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { undo } from '#shared/app/remediate/undo.ts';
import { actions, code, control, defineStep, policy, type Variables } from '../compose.ts';
import { deployments, playbookPorts, resources } from '../compose-services.ts';
import { config } from './config.ts';

const ports = (environment: Variables<'githubTokenSecret' | 'memorySetter' | 'databaseSizer'>) =>
  actionPorts({
    code: code(environment),
    deployments: deployments(),
    resources: resources(),
    lambdaAliases: makeLambdaAliasWriter(),
    lambdaFunctions: makeLambdaFunctionWriter({ memorySetterArn: environment.memorySetter }),
    ecsServices: makeEcsServiceWriter(),
    autoScaling: makeAutoScalingWriter(),
    databases: makeDatabaseWriter(),
    databaseSizes: makeDatabaseSizer({ databaseSizerArn: environment.databaseSizer }),
    ...playbookPorts(),
    clock: systemClock,
  });

export const handler = defineStep('undo', config, { control, policy, ports, actions }, undo);
