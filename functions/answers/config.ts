import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'answers',
  description: 'Compares predictions with outcomes, retrains on a degradation, and reviews learning when that is due.',
  timeoutSeconds: 300,
  memoryMb: 1769,
  trigger: { kind: 'schedule', everyMinutes: 30 },
  uses: {
    statsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    knowledgeTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    policyRecords: ['dynamodb:Query'],
    killSwitchRecord: ['dynamodb:GetItem'],
    evidenceBucket: ['s3:GetObject', 's3:PutObject'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
  },
  announces: ['quality-degraded', 'learning-reviewed'],
});
