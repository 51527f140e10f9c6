import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'intake',
  description: 'Groups signals into incidents and starts the healing workflow; obeys comments of those who may.',
  timeoutSeconds: 30,
  memoryMb: 512,
  trigger: { kind: 'intake-queue' },
  uses: {
    /** The event source mapping polls with the function's own role. */
    intakeQueue: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    openIncidents: ['dynamodb:Query'],
    statsTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    workflow: ['states:StartExecution', 'states:SendTaskSuccess'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
  },
});
