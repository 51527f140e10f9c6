import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'redeliver-webhooks',
  description:
    'Asks GitHub to redeliver failed webhook deliveries, takes up what waited for GitHub, and for the numbers of linked accounts.',
  timeoutSeconds: 120,
  memoryMb: 256,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    peopleRecords: ['dynamodb:Query', 'dynamodb:UpdateItem'],
    intakeDeadLetters: [
      'sqs:StartMessageMoveTask',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
    ],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
    apiUrl: [],
  },
});
