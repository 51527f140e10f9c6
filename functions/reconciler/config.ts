import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'reconciler',
  description:
    'Restarts stalled incidents or escalates them, sends reminders and digests, passes on decisions that did not arrive, marks incidents as healed, tells of connections that fell silent, and ends what a merged pull request fixed.',
  timeoutSeconds: 120,
  memoryMb: 256,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    incidentsTable: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    ],
    statusIndex: ['dynamodb:Query'],
    policyRecords: ['dynamodb:Query'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
    openIncidents: ['dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
    connectionRecords: ['dynamodb:Query'],
    eventRecords: ['dynamodb:GetItem'],
    killSwitchRecord: ['dynamodb:GetItem'],
    intakeQueue: ['sqs:SendMessage'],
    workflow: ['states:StartExecution', 'states:DescribeExecution', 'states:SendTaskSuccess'],
    evidenceBucket: ['s3:GetObject', 's3:ListBucket'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
    dashboardUrl: [],
  },
  announces: [
    'progress',
    'approval-asked',
    'approval-too-late',
    'workflow-failure',
    'still-stopped',
    'reports-gathered',
  ],
});
