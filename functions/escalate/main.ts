import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSnsMailer } from '#shared/adapters/aws/sns-mailer.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);

export const handler = stepFunction({
  config,
  ...STEPS.escalate,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    mailer: makeSnsMailer({ topicArn: environment.escalationTopic }),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
