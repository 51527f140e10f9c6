import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'slack',
  description: 'Takes what people press in Slack: verifies it, checks who pressed, and decides or acknowledges.',
  timeoutSeconds: 10,
  memoryMb: 1024,
  trigger: { kind: 'http', routes: [{ method: 'POST', path: '/slack/interactions', maxRate: 50 }] },
  servesSection: 'slack-app',
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    policyRecords: ['dynamodb:Query'],
    peopleRecords: ['dynamodb:Query'],
    workflow: ['states:SendTaskSuccess'],
    channelSecret: [],
  },
});
