import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'gather',
  description: 'Reads the logs and state of the failed run or service and stores redacted evidence.',
  timeoutSeconds: 180,
  memoryMb: 1769,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    evidenceBucket: ['s3:PutObject', 's3:GetObject', 's3:ListBucket'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
  },
  readsServices: ['state', 'logs', 'builds'],
});
