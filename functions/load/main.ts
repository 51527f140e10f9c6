import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);

export const handler = stepFunction({
  config,
  ...STEPS.load,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable }),
    configuration: loadConfiguration(process.env),
  }),
});
