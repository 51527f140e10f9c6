import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'knowledge',
  description: 'Looks up what is known about this kind of failure; lists what may be done where a model is asked.',
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
  // The actions that a model may choose from are listed before it is asked, with what has to be read for them.
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
