import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'act-github',
  description: 'Re-runs failed jobs on GitHub.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    controlTable: ['dynamodb:GetItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
  },
  actionGrants: ['execute', 'observe'],
  family: 'github',
});
