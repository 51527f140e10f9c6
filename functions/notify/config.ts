import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'notify',
  description: 'Tells people what was found and done: a pull request comment or an e-mail.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    evidenceBucket: ['s3:GetObject', 's3:ListBucket'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
    dashboardUrl: [],
    policyRecords: ['dynamodb:Query'],
    controlReads: ['dynamodb:BatchGetItem'],
    statsTable: ['dynamodb:UpdateItem'],
    githubTokenSecret: [],
  },
  announces: ['progress', 'approval-decided', 'approval-expired', 'channel-failure'],
});
