import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'reconciler',
  description:
    'Restarts incidents whose workflow died, hands them to a human when that does not help, reminds of approvals, passes on decisions that did not arrive, and calls healed what stayed away.',
  timeoutSeconds: 120,
  memoryMb: 256,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    openIncidents: ['dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:DeleteItem'],
    intakeQueue: ['sqs:SendMessage'],
    workflow: ['states:StartExecution', 'states:DescribeExecution', 'states:SendTaskSuccess'],
    evidenceBucket: ['s3:GetObject', 's3:ListBucket'],
    escalationTopic: ['sns:Publish'],
    apiUrl: [],
  },
  announces: ['approval-asked', 'approval-too-late', 'workflow-failure'],
});
