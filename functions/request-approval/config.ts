import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'request-approval',
  description: 'Asks for approval of a plan by mail, with a link to the dashboard.',
  timeoutSeconds: 30,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    killSwitchRecord: ['dynamodb:GetItem'],
    evidenceBucket: ['s3:GetObject'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
    dashboardUrl: [],
  },
  announces: ['approval-asked'],
});
