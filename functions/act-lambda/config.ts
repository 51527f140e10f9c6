import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'act-lambda',
  description: 'Points Lambda aliases back to the version before.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    controlTable: ['dynamodb:GetItem'],
  },
  actionGrants: ['execute', 'observe'],
  family: 'lambda',
});
