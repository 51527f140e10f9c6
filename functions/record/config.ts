import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'record',
  description: 'Closes the incident, releases its locks, admits the pending signal and records the outcome.',
  timeoutSeconds: 30,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:DeleteItem'],
    knowledgeTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    statsTable: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    ],
    policyRecords: ['dynamodb:Query'],
    intakeQueue: ['sqs:SendMessage'],
    evidenceBucket: ['s3:GetObject', 's3:ListBucket'],
  },
  forEmbeddings: { uses: { controlTable: ['dynamodb:UpdateItem'] } },
});
