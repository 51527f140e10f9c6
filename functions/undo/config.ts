import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'undo',
  description: 'Restores what was before an action that did not help.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
  },
  /** Its reads are part of the undo grants: it never looks at alarms. */
  actionGrants: ['undo'],
});
