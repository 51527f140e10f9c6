import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'knowledge',
  description: 'Looks up what is known about this failure and lists the candidate actions for a model.',
  timeoutSeconds: 60,
  memoryMb: 1024,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem'],
    knowledgeTable: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
    evidenceBucket: ['s3:GetObject', 's3:PutObject'],
    controlTable: [],
    statsTable: [],
    codeInspector: [],
    githubTokenSecret: [],
  },
  // With a model: rights to list the candidate actions that the model may choose from.
  forModel: {
    uses: {
      incidentsTable: ['dynamodb:Query', 'dynamodb:UpdateItem'],
      statsTable: ['dynamodb:Query', 'dynamodb:BatchGetItem'],
      codeInspector: ['lambda:InvokeFunction'],
      githubTokenSecret: ['secretsmanager:GetSecretValue'],
    },
  },
  forEmbeddings: { uses: { controlTable: ['dynamodb:UpdateItem'] } },
});
