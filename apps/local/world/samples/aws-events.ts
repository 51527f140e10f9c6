import { present } from '@selfheal/kernel/present.ts';

/** Events of AWS services as EventBridge carries them, after the event references in their user guides, by source and name of the sample. */

const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

let written = 0;

function event(
  source: string,
  detailType: string,
  detail: object,
  { at = '09:41:12', resources = [] as string[] } = {},
) {
  written += 1;
  return {
    version: '0',
    id: `3f9c2b10-8a41-4d7e-a000-${String(written).padStart(12, '0')}`,
    'detail-type': detailType,
    source,
    account: ACCOUNT,
    time: `2026-11-20T${at}Z`,
    region: REGION,
    resources,
    detail,
  };
}

const pipeline = (state: string, at?: string) =>
  event(
    'aws.codepipeline',
    'CodePipeline Pipeline Execution State Change',
    {
      pipeline: 'shop-release',
      'execution-id': '01234567-89ab-4cde-8000-000000000001',
      'start-time': '2026-11-20T09:30:00.000Z',
      'execution-trigger': { 'trigger-type': 'Webhook', 'trigger-detail': arn('codepipeline', 'webhook:shop') },
      state,
      version: 7,
      'pipeline-execution-attempt': 1,
    },
    { resources: [arn('codepipeline', 'shop-release')], ...present({ at }) },
  );

function build(status: string, phases: object[] = []) {
  const id = arn('codebuild', 'build/checkout-images:5e1f4ea1-0000-4000-8000-000000000001');
  return event(
    'aws.codebuild',
    'CodeBuild Build State Change',
    {
      'build-status': status,
      'project-name': 'checkout-images',
      'build-id': id,
      'current-phase': 'COMPLETED',
      'additional-information': {
        'build-complete': true,
        initiator: 'codepipeline/shop-release',
        'source-version': 'refs/heads/main',
        logs: {
          'group-name': '/aws/codebuild/checkout-images',
          'stream-name': '5e1f4ea1-0000-4000-8000-000000000001',
          'deep-link': `https://console.aws.amazon.com/cloudwatch/home?region=${REGION}#logEvent:group=/aws/codebuild/checkout-images;stream=5e1f4ea1-0000-4000-8000-000000000001`,
        },
        phases,
      },
      version: '1',
    },
    { resources: [id] },
  );
}
const phase = (type: string, status: string, context: string) => ({
  'phase-type': type,
  'phase-status': status,
  'phase-context': [context],
  'duration-in-seconds': 12,
});

const deployment = (state: string) =>
  event(
    'aws.codedeploy',
    'CodeDeploy Deployment State-change Notification',
    {
      instanceGroupId: '9fd2fbef-2157-40d8-91e7-6845af69e2d2',
      region: REGION,
      application: 'catalog',
      deploymentId: 'd-ABCDEFGH1',
      state,
      deploymentGroup: 'production',
    },
    { resources: [arn('codedeploy', 'application:catalog'), arn('codedeploy', 'deploymentgroup:catalog/production')] },
  );

function task(changes: object, at = '09:41:12') {
  const taskArn = arn('ecs', 'task/shop/7f7b7d2a3f5e4c9a8b1d0e2f3a4b5c6d');
  return event(
    'aws.ecs',
    'ECS Task State Change',
    {
      clusterArn: arn('ecs', 'cluster/shop'),
      taskArn,
      taskDefinitionArn: arn('ecs', 'task-definition/orders:42'),
      group: 'service:orders',
      launchType: 'FARGATE',
      desiredStatus: 'STOPPED',
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppedAt: '2026-11-20T09:41:11.500Z',
      containers: [{ name: 'orders', lastStatus: 'STOPPED', exitCode: 1 }],
      version: 6,
      ...changes,
    },
    { at, resources: [taskArn] },
  );
}
const service = (detailType: string, eventName: string, reason?: string) =>
  event(
    'aws.ecs',
    detailType,
    {
      eventType: eventName.endsWith('FAILED') ? 'ERROR' : 'INFO',
      eventName,
      ...(detailType === 'ECS Deployment State Change' ? { deploymentId: 'ecs-svc/1234567890123456789' } : {}),
      updatedAt: '2026-11-20T09:41:12.000Z',
      ...present({ reason }),
    },
    { at: '09:55:00', resources: [arn('ecs', 'service/shop/orders')] },
  );

const job = (status: string, changes: object = {}) =>
  event(
    'aws.batch',
    'Batch Job State Change',
    {
      jobArn: arn('batch', 'job/4c7599ae-0a82-49aa-ba5a-4727fcce14a8'),
      jobName: 'nightly-invoices',
      jobId: '4c7599ae-0a82-49aa-ba5a-4727fcce14a8',
      jobQueue: arn('batch', 'job-queue/reports'),
      jobDefinition: arn('batch', 'job-definition/invoices:3'),
      status,
      attempts: [{ exitCode: 137 }, { exitCode: 137 }],
      container: { exitCode: 0, logStreamName: 'invoices/default/abc' },
      ...changes,
    },
    { resources: [arn('batch', 'job/4c7599ae-0a82-49aa-ba5a-4727fcce14a8')] },
  );

const invocation = (result: 'Failure' | 'Success', condition: string, responsePayload: unknown) =>
  event(
    'lambda',
    `Lambda Function Invocation Result - ${result}`,
    {
      version: '1.0',
      timestamp: '2026-11-20T09:41:12.000Z',
      requestContext: {
        requestId: 'e4b46cbf-b738-4880-8a18-cdf61200983e',
        functionArn: `${arn('lambda', 'function:invoices-worker')}:$LATEST`,
        condition,
        approximateInvokeCount: 3,
      },
      requestPayload: { order: 'A-1017' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload,
    },
    { resources: [`${arn('lambda', 'function:invoices-worker')}:$LATEST`] },
  );

function database(number: string, categories: string[], message: string, isCluster = false) {
  const source = arn('rds', isCluster ? 'cluster:orders' : 'db:orders-db');
  return event(
    'aws.rds',
    isCluster ? 'RDS DB Cluster Event' : 'RDS DB Instance Event',
    {
      EventCategories: categories,
      SourceType: isCluster ? 'CLUSTER' : 'DB_INSTANCE',
      SourceArn: source,
      Date: '2026-11-20T09:41:12.318Z',
      Message: message,
      SourceIdentifier: isCluster ? 'orders' : 'orders-db',
      EventID: `RDS-EVENT-${number}`,
    },
    { resources: [source] },
  );
}

const health = (changes: object) =>
  event('aws.health', 'AWS Health Event', {
    eventArn: 'arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_EXAMPLE',
    service: 'EC2',
    eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE',
    eventTypeCategory: 'issue',
    eventScopeCode: 'PUBLIC',
    communicationId: '01b0993207d81a09dcd552ebd1e633e36cf1f09a-1',
    startTime: 'Fri, 20 Nov 2026 09:05:00 GMT',
    lastUpdatedTime: 'Fri, 20 Nov 2026 09:40:00 GMT',
    statusCode: 'open',
    eventRegion: REGION,
    eventDescription: [
      {
        language: 'en_US',
        latestDescription: 'We are investigating increased API error rates in one Availability Zone.',
      },
    ],
    affectedEntities: [{ entityValue: 'i-0abcdef1234567890', status: 'IMPAIRED' }],
    affectedAccount: ACCOUNT,
    page: '1',
    totalPages: '1',
    ...changes,
  });

function stack(status: string, reason = '', at = '09:41:12') {
  const id = arn('cloudformation', 'stack/shop-network/0a1b2c3d-0000-11f1-8000-000000000001');
  return event(
    'aws.cloudformation',
    'CloudFormation Stack Status Change',
    {
      'stack-id': id,
      'status-details': { status, 'status-reason': reason },
      'client-request-token': '',
    },
    { at, resources: [id] },
  );
}

const without = (whole: ReturnType<typeof event>, field: string) => ({
  ...whole,
  detail: Object.fromEntries(Object.entries(whole.detail).filter(([name]) => name !== field)),
});

export const AWS_EVENTS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  codepipeline: {
    'execution-failed-firing': pipeline('FAILED'),
    'execution-succeeded-resolved': pipeline('SUCCEEDED', '10:12:00'),
    'execution-superseded-ignored': pipeline('SUPERSEDED'),
    'without-pipeline-rejected': without(pipeline('FAILED'), 'pipeline'),
  },
  codebuild: {
    'build-failed-firing': build('FAILED', [
      phase('INSTALL', 'SUCCEEDED', ': '),
      phase(
        'BUILD',
        'FAILED',
        'COMMAND_EXECUTION_ERROR: Error while executing command: docker build . Reason: exit status 1',
      ),
    ]),
    'build-timed-out-firing': build('TIMED_OUT', [
      phase('BUILD', 'TIMED_OUT', 'BUILD_TIMED_OUT: Build has timed out.'),
    ]),
    'build-succeeded-resolved': build('SUCCEEDED'),
    'build-stopped-ignored': build('STOPPED'),
    'without-project-rejected': without(build('FAILED'), 'project-name'),
  },
  codedeploy: {
    'deployment-failed-firing': deployment('FAILURE'),
    'deployment-succeeded-resolved': deployment('SUCCESS'),
    'deployment-started-changed': deployment('START'),
    'deployment-stopped-ignored': deployment('STOP'),
    'without-application-rejected': without(deployment('FAILURE'), 'application'),
  },
  ecs: {
    'task-exited-firing': task({}),
    'task-could-not-start-firing': task({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: pull image manifest has been retried 5 time(s): not found',
      containers: [{ name: 'orders', lastStatus: 'STOPPED', reason: 'CannotPullContainerError: not found' }],
    }),
    'task-out-of-memory-firing': task({
      containers: [
        {
          name: 'orders',
          exitCode: 137,
          reason: 'OutOfMemoryError: Container killed due to memory usage',
        },
      ],
    }),
    'task-unhealthy-firing': task({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason:
        '(service orders) (port 8080) is unhealthy in (target-group arn) due to (reason Health checks failed)',
      containers: [{ name: 'orders', exitCode: 143 }],
    }),
    'task-scaled-in-ignored': task({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1234567890123456789)',
      containers: [{ name: 'orders', exitCode: 0 }],
    }),
    'deployment-failed-firing': service(
      'ECS Deployment State Change',
      'SERVICE_DEPLOYMENT_FAILED',
      'ECS deployment circuit breaker: task failed to start.',
    ),
    'deployment-in-progress-changed': service(
      'ECS Deployment State Change',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'ECS deployment ecs-svc/1234567890123456789 in progress.',
    ),
    'deployment-completed-resolved': service(
      'ECS Deployment State Change',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'ECS deployment ecs-svc/1234567890123456789 completed.',
    ),
    'service-steady-resolved': service('ECS Service Action', 'SERVICE_STEADY_STATE'),
    'without-task-rejected': without(task({}), 'taskArn'),
  },
  batch: {
    'job-failed-firing': job('FAILED', {
      statusReason: 'Essential container in task exited',
      container: { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    }),
    'job-succeeded-resolved': job('SUCCEEDED'),
    'job-runnable-ignored': job('RUNNABLE'),
    'without-name-rejected': without(job('FAILED'), 'jobName'),
  },
  lambda: {
    'invocation-failed-firing': invocation('Failure', 'RetriesExhausted', {
      errorType: 'TypeError',
      errorMessage: "Cannot read properties of undefined (reading 'total')",
      stackTrace: ['at totalOf (/var/task/invoices.js:41:17)', 'at handler (/var/task/index.js:8:10)'],
    }),
    'invocation-too-old-firing': invocation('Failure', 'EventAgeExceeded', null),
    'function-settings-changed': {
      ...event('aws.lambda', 'AWS API Call via CloudTrail', {
        eventVersion: '1.09',
        eventSource: 'lambda.amazonaws.com',
        eventName: 'UpdateFunctionConfiguration20150331v2',
        eventID: '0b1c2d3e-0000-4000-8000-000000000001',
        userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::123456789012:assumed-role/deployer/octo-dev' },
        requestParameters: { functionName: 'invoices-worker', timeout: 20 },
      }),
    },
    'invocation-succeeded-resolved': invocation('Success', 'Success', { sent: 3 }),
    'without-context-rejected': without(invocation('Failure', 'RetriesExhausted', null), 'requestContext'),
  },
  rds: {
    'instance-out-of-storage-firing': database(
      '0007',
      ['low storage'],
      'The allocated storage for the DB instance has been consumed.',
    ),
    'instance-storage-grown-resolved': database(
      '0017',
      ['configuration change'],
      'Finished applying modification to allocated storage',
    ),
    'instance-failover-firing': database('0013', ['failover'], 'Multi-AZ instance failover started'),
    'instance-failover-completed-resolved': database('0049', ['failover'], 'Multi-AZ instance failover completed'),
    'cluster-failover-failed-firing': database(
      '0069',
      ['failover'],
      'Cluster failover failed, check the health of your cluster instances and try again.',
      true,
    ),
    'instance-parameters-changed': database('0092', ['configuration change'], 'Finished updating DB parameter group'),
    'instance-backup-ignored': database('0002', ['backup'], 'Finished DB Instance backup'),
    'without-identifier-rejected': without(database('0007', ['low storage'], 'Full.'), 'SourceIdentifier'),
  },
  health: {
    'issue-open-firing': health({}),
    'issue-closed-resolved': health({ statusCode: 'closed', endTime: 'Fri, 20 Nov 2026 11:30:00 GMT' }),
    'scheduled-change-ignored': health({
      eventTypeCode: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
      eventTypeCategory: 'scheduledChange',
      statusCode: 'upcoming',
    }),
    'without-service-rejected': without(health({}), 'service'),
  },
  cloudformation: {
    'update-rolled-back-firing': stack(
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'The following resource(s) failed to update: [OrdersQueue]. ',
    ),
    'rollback-failed-firing': stack(
      'UPDATE_ROLLBACK_FAILED',
      'The following resource(s) failed to update: [OrdersQueue]. ',
    ),
    'update-complete-resolved': stack('UPDATE_COMPLETE', '', '10:20:00'),
    'update-in-progress-changed': stack('UPDATE_IN_PROGRESS', 'User Initiated'),
    'cleanup-in-progress-ignored': stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
    'without-status-rejected': without(stack('UPDATE_COMPLETE'), 'status-details'),
  },
};
