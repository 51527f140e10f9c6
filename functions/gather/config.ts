import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'gather',
  description: 'Reads the failed run or the alarmed service and keeps a redacted excerpt.',
  timeoutSeconds: 180,
  memoryMb: 1769,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    evidenceBucket: ['s3:PutObject'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
  },
  readsServices: ['state', 'logs'],
});
