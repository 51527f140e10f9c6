import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'quality',
  description: 'Compares predictions with what came out, and tells once when answers got worse.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'schedule', everyMinutes: 30 },
  uses: {
    statsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    escalationTopic: ['sns:Publish'],
  },
});
