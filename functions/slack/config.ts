import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'slack',
  description: 'Takes what people press and write in Slack: verifies it, and puts it on the intake queue.',
  timeoutSeconds: 10,
  memoryMb: 1024,
  trigger: { kind: 'http', routes: [{ method: 'POST', path: '/slack/interactions', maxRate: 50 }] },
  servesSection: 'slack-app',
  uses: {
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    intakeQueue: ['sqs:SendMessage'],
    channelSecret: [],
  },
});
