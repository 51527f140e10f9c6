import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'verify',
  description: 'Checks whether an executed action helped.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:PutItem'],
    policyRecords: ['dynamodb:Query'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
  },
  actionGrants: ['observe'],
});
