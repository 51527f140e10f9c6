import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'redeliver-webhooks',
  description: 'Asks GitHub to redeliver failed webhook deliveries.',
  timeoutSeconds: 120,
  memoryMb: 256,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
    apiUrl: [],
  },
});
