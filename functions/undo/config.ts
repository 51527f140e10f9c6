import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'undo',
  description: 'Undoes an action that did not help.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    policyRecords: ['dynamodb:Query'],
    controlReads: ['dynamodb:BatchGetItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
    memorySetter: ['lambda:InvokeFunction'],
    databaseSizer: ['lambda:InvokeFunction'],
  },
  /** The undo grants include the reads that undoing needs. */
  actionGrants: ['undo'],
});
