import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'knowledge',
  description: 'Looks up what is known about this kind of failure.',
  timeoutSeconds: 30,
  memoryMb: 1024,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem'],
    knowledgeTable: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
    evidenceBucket: ['s3:GetObject', 's3:PutObject'],
    controlTable: [],
  },
  forEmbeddings: { uses: { controlTable: ['dynamodb:UpdateItem'] } },
  // A query that filters or gives metadata back needs the right to get vectors too.
  forVectors: { uses: { vectorIndex: ['s3vectors:QueryVectors', 's3vectors:GetVectors'] } },
});
