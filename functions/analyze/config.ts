import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'analyze',
  description: 'Diagnoses the failure from knowledge, a language model or the rules.',
  timeoutSeconds: 300,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem'],
    knowledgeTable: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    evidenceBucket: ['s3:GetObject', 's3:PutObject'],
  },
  callsModel: true,
});
