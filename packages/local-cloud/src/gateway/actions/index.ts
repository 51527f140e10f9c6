import { bedrockActions } from './bedrock.ts';
import { dynamodbActions } from './dynamodb.ts';
import {
  codebuildActions,
  codepipelineActions,
  ecsActions,
  eventsActions,
  kinesisActions,
  kmsActions,
  logsActions,
  monitoringActions,
  secretsActions,
  snsActions,
  sqsActions,
  ssmActions,
  statesActions,
} from './json-services.ts';
import { lambdaActions } from './lambda.ts';
import type { ActionMapping } from './mapping.ts';
import { autoscalingActions, rdsActions } from './query-services.ts';
import { s3Actions } from './s3.ts';

/** By the service name in the signature's credential scope. Calls to a missing service are denied. */
export const ACTION_MAPPINGS: Readonly<Record<string, ActionMapping>> = {
  autoscaling: autoscalingActions,
  bedrock: bedrockActions,
  codebuild: codebuildActions,
  codepipeline: codepipelineActions,
  dynamodb: dynamodbActions,
  ecs: ecsActions,
  events: eventsActions,
  kinesis: kinesisActions,
  kms: kmsActions,
  lambda: lambdaActions,
  logs: logsActions,
  monitoring: monitoringActions,
  rds: rdsActions,
  s3: s3Actions,
  secretsmanager: secretsActions,
  sns: snsActions,
  sqs: sqsActions,
  ssm: ssmActions,
  states: statesActions,
};
