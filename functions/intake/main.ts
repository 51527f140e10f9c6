import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { lambdaLog, lambdaMeter, sqsBatchFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);

export const handler = sqsBatchFunction({
  config,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    stats: makeDynamoStatsStore({ table: environment.statsTable }),
    workflow: makeSfnWorkflowEngine({ workflowArn: environment.workflow }),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
    log: lambdaLog,
  }),
});
