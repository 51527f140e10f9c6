import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoApprovalQueue } from '#shared/adapters/aws/dynamo-approval-queue.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { lambdaLog, lambdaMeter, scheduledFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { makeSnsMailer } from '#shared/adapters/aws/sns-mailer.ts';
import { makeSqsSignalQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);

export const handler = scheduledFunction({
  config,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    approvals: makeDynamoApprovalQueue({ table: environment.incidentsTable, retention: configuration.retention }),
    healing: makeDynamoHealingStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    workflow: makeSfnWorkflowEngine({ workflowArn: environment.workflow }),
    queue: makeSqsSignalQueue({ queueUrl: environment.intakeQueue }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    mailer: makeSnsMailer({ topicArn: environment.escalationTopic }),
    actions: actionsOf(configuration),
    apiUrl: environment.apiUrl,
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
    log: lambdaLog,
  }),
});
