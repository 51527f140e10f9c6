import { makeDynamoChangeStore } from '#shared/adapters/aws/dynamo-change-store.ts';
import { makeLambdaCodeInspector } from '#shared/adapters/aws/lambda-code-inspector.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeS3ModelArtifacts } from '#shared/adapters/aws/s3-model-artifacts.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { makeSqsSignalQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { makePoster } from '#shared/adapters/http/poster.ts';
import type { Variables } from './compose.ts';

/*
 * Ports to the bucket, the queue, the workflow and other functions. They are apart from the tables because their AWS clients are
 * large: a function that is split reads every file at its start that it imports like this, used or not, and the API loads these on demand.
 */
export const evidence = ({ evidenceBucket: bucket }: Variables<'evidenceBucket'>) => makeS3EvidenceStore({ bucket });
export const artifacts = ({ evidenceBucket: bucket }: Variables<'evidenceBucket'>) => makeS3ModelArtifacts({ bucket });
/** The change graph. */
export const changes = ({ incidentsTable: table }: Variables<'incidentsTable'>) => makeDynamoChangeStore({ table });
export const poster = ({ channelSecret: channels }: Variables<'channelSecret'>) =>
  makePoster({ secrets: makeSecretReader({ channels }), origin: process.env.HTTP_ORIGIN });
export const signalQueue = ({ intakeQueue: queueUrl }: Variables<'intakeQueue'>) => makeSqsSignalQueue({ queueUrl });
export const workflow = ({ workflow: workflowArn }: Variables<'workflow'>) => makeSfnWorkflowEngine({ workflowArn });
export const inspector = ({ codeInspector: functionArn }: Variables<'codeInspector'>) =>
  makeLambdaCodeInspector({ functionArn });
