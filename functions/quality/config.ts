import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'quality',
  description: 'Compares predictions with outcomes; on a degradation, trains a candidate model and mails once.',
  timeoutSeconds: 300,
  memoryMb: 1769,
  trigger: { kind: 'schedule', everyMinutes: 30 },
  uses: {
    statsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    evidenceBucket: ['s3:GetObject', 's3:PutObject'],
    escalationTopic: ['sns:Publish'],
  },
  announces: ['quality-degraded'],
});
