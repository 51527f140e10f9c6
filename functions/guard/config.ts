import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'guard',
  description:
    'Checks the guardrails before an effect: kill switch, freeze, limits, breaker, lease, state of the target.',
  timeoutSeconds: 30,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
    policyRecords: ['dynamodb:Query'],
    controlReads: ['dynamodb:BatchGetItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
  },
  actionGrants: ['observe'],
});
