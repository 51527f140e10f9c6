import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'sweeper',
  description: 'Asks GitHub again for webhook deliveries that failed.',
  timeoutSeconds: 120,
  memoryMb: 256,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
    apiUrl: [],
  },
});
