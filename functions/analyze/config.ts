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
    evidenceBucket: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
    controlTable: [],
    // What the quality gates measured.
    statsTable: ['dynamodb:GetItem'],
    policyRecords: [],
    githubTokenSecret: [],
    modelKeySecret: [],
  },
  callsModel: true,
  forModel: {
    uses: {
      incidentsTable: ['dynamodb:UpdateItem'],
      controlTable: ['dynamodb:UpdateItem'],
      policyRecords: ['dynamodb:Query'],
      knowledgeTable: ['dynamodb:Query', 'dynamodb:BatchGetItem'],
      // It counts what the model took.
      statsTable: ['dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
      githubTokenSecret: ['secretsmanager:GetSecretValue'],
      modelKeySecret: ['secretsmanager:GetSecretValue'],
    },
    readsServices: ['logs', 'metrics'],
  },
});
