import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'plan',
  description: 'Reads the state of the target, ranks the candidate actions and decides: act, ask, suggest or escalate.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    evidenceBucket: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
    statsTable: ['dynamodb:Query', 'dynamodb:BatchGetItem'],
    knowledgeTable: ['dynamodb:Query'],
    codeInspector: ['lambda:InvokeFunction'],
    policyRecords: ['dynamodb:Query'],
    killSwitchRecord: ['dynamodb:GetItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
  },
  announces: ['alert-raised'],
  readsServices: ['state', 'load'],
});
