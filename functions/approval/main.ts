import { randomBytes } from 'node:crypto';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoApprovalQueue } from '#shared/adapters/aws/dynamo-approval-queue.ts';
import { makeDynamoDelegationStore } from '#shared/adapters/aws/dynamo-delegation-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { httpFunction, lambdaMeter } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);

export const handler = httpFunction({
  config,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    approvals: makeDynamoApprovalQueue({ table: environment.incidentsTable, retention: configuration.retention }),
    delegations: makeDynamoDelegationStore({ table: environment.incidentsTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    configuration,
    workflow: makeSfnWorkflowEngine({ workflowArn: environment.workflow }),
    actions: actionsOf(configuration),
    page: {
      identityUrl: process.env.AWS_ENDPOINT_URL ?? `https://cognito-idp.${process.env.AWS_REGION}.amazonaws.com/`,
      userPoolClientId: environment.userPoolClient,
    },
    nonce: () => randomBytes(16).toString('base64'),
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
