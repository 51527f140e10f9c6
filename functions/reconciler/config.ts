import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'reconciler',
  description:
    'Restarts incidents whose workflow died, hands them to a human when that does not help, reminds of approvals, and calls healed what stayed away.',
  timeoutSeconds: 120,
  memoryMb: 256,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    openIncidents: ['dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:DeleteItem'],
    intakeQueue: ['sqs:SendMessage'],
    workflow: ['states:StartExecution', 'states:DescribeExecution'],
    escalationTopic: ['sns:Publish'],
    apiUrl: [],
  },
});
