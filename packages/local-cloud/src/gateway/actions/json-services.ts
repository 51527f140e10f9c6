import type { Need } from '../../iam/authorizer.ts';
import { streamOfIterator } from '../../streams/kinesis-api.ts';
import type { Deployment } from '../../template/deployment.ts';
import { type JsonObject, listOf, objectOf, textOf, textsOf } from '../../template/json.ts';
import { type ActionMapping, machineNeed, regional } from './mapping.ts';

const onOne =
  (
    service: string,
    operations: readonly string[],
    resource: (input: Parameters<typeof objectOf>[0], deployment: Deployment) => string,
  ): ActionMapping =>
  ({ operation, input }, deployment) =>
    operations.includes(operation)
      ? [{ action: `${service}:${operation}`, resource: resource(input, deployment) }]
      : null;

export const sqsActions: ActionMapping = ({ operation, input }, deployment) => {
  const single = operation.replace(/Batch$/, '');
  const known = [
    'SendMessage',
    'ReceiveMessage',
    'DeleteMessage',
    'ChangeMessageVisibility',
    'GetQueueUrl',
    'GetQueueAttributes',
    'PurgeQueue',
  ];
  if (operation === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  if (operation === 'ListMessageMoveTasks')
    return [{ action: 'sqs:ListMessageMoveTasks', resource: textOf(input.SourceArn) ?? '*' }];
  if (operation === 'StartMessageMoveTask') return moveNeeds(input, deployment);
  if (!known.includes(single)) return null;
  const name = (textOf(input.QueueUrl) ?? textOf(input.QueueName) ?? '').split('/').pop() ?? '';
  return [{ action: `sqs:${single}`, resource: regional('sqs', name, deployment) }];
};

/** Whoever moves messages must be allowed to take them out of the one queue and to send them to the other (SQS Developer Guide, redrive permissions). */
function moveNeeds(input: JsonObject, deployment: Deployment): Need[] {
  const source = textOf(input.SourceArn) ?? '*';
  const origin = deployment
    .ofType('AWS::SQS::Queue')
    .find(({ properties }) => textOf(objectOf(properties.RedrivePolicy).deadLetterTargetArn) === source);
  const destination = textOf(input.DestinationArn) ?? origin?.arn ?? null;
  const taking = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
  return [
    ...taking.map((action) => ({ action: `sqs:${action}`, resource: source })),
    ...(destination === null ? [] : [{ action: 'sqs:SendMessage', resource: destination }]),
  ];
}

export const snsActions: ActionMapping = ({ operation, input }) => {
  if (operation === 'ListTopics') return [{ action: 'sns:ListTopics', resource: '*' }];
  if (operation !== 'Publish' && operation !== 'PublishBatch') return null;
  return [{ action: 'sns:Publish', resource: textOf(input.TopicArn) ?? textOf(input.TargetArn) ?? '*' }];
};

/** A secret may be named by ARN, by name, or by an ARN without its random suffix; the permission is on the full ARN. */
export const secretsActions: ActionMapping = ({ operation, input }, deployment) => {
  if (!['GetSecretValue', 'PutSecretValue', 'DescribeSecret'].includes(operation)) return null;
  const wanted = textOf(input.SecretId) ?? '';
  const resource = deployment
    .ofType('AWS::SecretsManager::Secret')
    .find((each) => each.arn === wanted || each.name === wanted || each.arn?.replace(/-[a-z0-9]{6}$/, '') === wanted);
  const stage = textOf(input.VersionStage) ?? 'AWSCURRENT';
  return [
    {
      action: `secretsmanager:${operation}`,
      resource:
        resource?.arn ??
        (wanted.startsWith('arn:') ? wanted : regional('secretsmanager', `secret:${wanted}`, deployment)),
      context: { 'secretsmanager:VersionStage': stage },
    },
  ];
};

export const eventsActions: ActionMapping = ({ operation, input }, deployment) => {
  if (operation !== 'PutEvents') return null;
  return listOf(input.Entries).map((each) => {
    const entry = objectOf(each);
    const bus = (textOf(entry.EventBusName) ?? 'default').split('/').pop();
    return {
      action: 'events:PutEvents',
      resource: regional('events', `event-bus/${bus}`, deployment),
      context: { 'events:source': String(entry.Source), 'events:detail-type': String(entry.DetailType) },
    };
  });
};

const ON_MACHINES = [
  'StartExecution',
  'DescribeStateMachine',
  'ListExecutions',
  'ListStateMachineVersions',
  'ListStateMachineAliases',
];
const ON_EXECUTIONS = ['DescribeExecution', 'StopExecution', 'GetExecutionHistory', 'RedriveExecution'];
const ON_TOKENS = ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'];

export const statesActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `states:${operation}`;
  if (ON_MACHINES.includes(operation)) return [machineNeed(action, textOf(input.stateMachineArn) ?? '*')];
  if (ON_EXECUTIONS.includes(operation)) return [{ action, resource: textOf(input.executionArn) ?? '*' }];
  if (ON_TOKENS.includes(operation))
    return [{ action, resource: machineOfToken(textOf(input.taskToken) ?? '', deployment) }];
  return operation === 'ListStateMachines' ? [{ action, resource: '*' }] : null;
};

/** A task token names its execution; answering it needs the permission on that execution's state machine. */
function machineOfToken(token: string, deployment: Deployment): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const [, machine] = /arn:aws:states:[^:]*:[^:]*:execution:([^:"]+):/.exec(text) ?? [];
  const [only] = deployment.ofType('AWS::StepFunctions::StateMachine');
  return machine === undefined ? (only?.arn ?? '*') : regional('states', `stateMachine:${machine}`, deployment);
}

export const monitoringActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `cloudwatch:${operation}`;
  if (operation === 'PutMetricData')
    return [{ action, resource: '*', context: { 'cloudwatch:namespace': String(input.Namespace ?? '') } }];
  if (['GetMetricData', 'GetMetricStatistics', 'ListMetrics'].includes(operation)) return [{ action, resource: '*' }];
  if (operation !== 'DescribeAlarms' && operation !== 'DescribeAlarmHistory') return null;
  const inForm = Object.entries(input)
    .filter(([name]) => name.startsWith('AlarmNames.member.'))
    .map(([, value]) => value);
  const names = [...textsOf(input.AlarmNames), ...textsOf(input.AlarmName), ...inForm.map(String)];
  const alarms = names.length === 0 ? ['*'] : names;
  return alarms.map((name) => ({ action, resource: regional('cloudwatch', `alarm:${name}`, deployment) }));
};

export const logsActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `logs:${operation}`;
  const group = (textOf(input.logGroupIdentifier) ?? textOf(input.logGroupName) ?? '')
    .replace(/^arn:.*:log-group:/, '')
    .replace(/:\*$/, '');
  const arn = regional('logs', `log-group:${group}`, deployment);
  if (['FilterLogEvents', 'DescribeLogStreams', 'CreateLogGroup'].includes(operation))
    return [{ action, resource: `${arn}:*` }];
  if (['GetLogEvents', 'PutLogEvents', 'CreateLogStream'].includes(operation)) {
    return [{ action, resource: `${arn}:log-stream:${textOf(input.logStreamName) ?? ''}` }];
  }
  return operation === 'DescribeLogGroups' ? [{ action, resource: regional('logs', 'log-group:*', deployment) }] : null;
};

export const ecsActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `ecs:${operation}`;
  const short = (value: unknown) => (textOf(value) ?? 'default').split('/').pop() ?? '';
  const cluster = short(input.cluster);
  const context = { 'ecs:cluster': regional('ecs', `cluster/${cluster}`, deployment) };
  const serviceArn = (service: unknown) => regional('ecs', `service/${cluster}/${short(service)}`, deployment);
  if (operation === 'UpdateService') return [{ action, resource: serviceArn(input.service), context }];
  if (operation === 'DescribeServices') {
    return textsOf(input.services).map((service) => ({ action, resource: serviceArn(service), context }));
  }
  return ['ListTaskDefinitions', 'DescribeTaskDefinition', 'ListServices'].includes(operation)
    ? [{ action, resource: '*' }]
    : null;
};

/** Starting a document needs permissions on the document, on the executions it creates, and to pass the role it assumes. */
export const ssmActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `ssm:${operation}`;
  const on = (resource: string) => regional('ssm', resource, deployment);
  switch (operation) {
    case 'GetParameter':
    case 'PutParameter':
      return [{ action, resource: on(`parameter/${(textOf(input.Name) ?? '').replace(/^\//, '')}`) }];
    case 'StartAutomationExecution': {
      const name = textOf(input.DocumentName) ?? '';
      const document = deployment.ofType('AWS::SSM::Document').find((each) => each.name === name);
      const role = textOf(objectOf(document?.properties.Content).assumeRole);
      const context = { 'iam:PassedToService': 'ssm.amazonaws.com' };
      return [
        { action, resource: on(`document/${name}`) },
        { action, resource: on('automation-execution/new') },
        ...(role === undefined ? [] : [{ action: 'iam:PassRole', resource: role, context }]),
      ];
    }
    case 'GetAutomationExecution':
      return [{ action, resource: on(`automation-execution/${textOf(input.AutomationExecutionId) ?? ''}`) }];
    case 'DescribeAutomationExecutions':
      return [{ action, resource: '*' }];
    default:
      return null;
  }
};

/** What is read by an iterator needs the right on the stream that the iterator is of. */
export const kinesisActions: ActionMapping = ({ operation, input }, deployment) => {
  const known = ['PutRecord', 'PutRecords', 'ListShards', 'DescribeStreamSummary', 'GetShardIterator', 'GetRecords'];
  if (!known.includes(operation)) return null;
  const name = textOf(input.StreamName) ?? streamOfIterator(textOf(input.ShardIterator) ?? '');
  const resource = textOf(input.StreamARN) ?? regional('kinesis', `stream/${name}`, deployment);
  return [{ action: `kinesis:${operation}`, resource }];
};

/** The project of a build stands before the colon of its id. */
export const codebuildActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `codebuild:${operation}`;
  const on = (project: string) => regional('codebuild', `project/${project}`, deployment);
  const projectOf = (id: string) => id.replace(/^arn:.*:build\//, '').split(':')[0] ?? '';
  switch (operation) {
    case 'BatchGetBuilds':
      return textsOf(input.ids).map((id) => ({ action, resource: on(projectOf(id)) }));
    case 'RetryBuild':
      return [{ action, resource: on(projectOf(textOf(input.id) ?? '')) }];
    case 'ListBuildsForProject':
      return [{ action, resource: on(textOf(input.projectName) ?? '') }];
    default:
      return null;
  }
};

/** Service Authorization Reference: what is done to a stage needs the right on the stage, what is read the right on the pipeline. */
export const codepipelineActions: ActionMapping = ({ operation, input }, deployment) => {
  const action = `codepipeline:${operation}`;
  const on = (resource: string) => regional('codepipeline', resource, deployment);
  const pipeline = textOf(input.pipelineName) ?? textOf(input.name) ?? '';
  switch (operation) {
    case 'ListActionExecutions':
    case 'GetPipelineState':
      return [{ action, resource: on(pipeline) }];
    case 'RetryStageExecution':
      return [{ action, resource: on(`${pipeline}/${textOf(input.stageName) ?? ''}`) }];
    default:
      return null;
  }
};

export const kmsActions: ActionMapping = onOne(
  'kms',
  ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey'],
  (input, deployment) => {
    const key = textOf(objectOf(input).KeyId) ?? '*';
    return key.startsWith('arn:') ? key : regional('kms', `key/${key}`, deployment);
  },
);
