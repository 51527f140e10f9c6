import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'analyze',
  description: 'Diagnoses the failure from knowledge, a language model or the rules.',
  timeoutSeconds: 300,
  memoryMb: 1024,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem'],
    knowledgeTable: [],
    evidenceBucket: ['s3:GetObject', 's3:PutObject'],
    controlTable: [],
    statsTable: [],
    githubTokenSecret: [],
    modelKeySecret: [],
  },
  callsModel: true,
  forModel: {
    uses: {
      controlTable: ['dynamodb:UpdateItem'],
      knowledgeTable: ['dynamodb:Query', 'dynamodb:BatchGetItem'],
      statsTable: ['dynamodb:Query', 'dynamodb:BatchGetItem'],
      githubTokenSecret: ['secretsmanager:GetSecretValue'],
      modelKeySecret: ['secretsmanager:GetSecretValue'],
    },
    readsServices: ['logs', 'metrics'],
  },
});
