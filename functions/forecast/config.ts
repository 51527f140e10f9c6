import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'forecast',
  description:
    'Forecasts the capacity of services, mails once a day what will run out, and watches metrics with an alert.',
  timeoutSeconds: 120,
  memoryMb: 512,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    killSwitchRecord: ['dynamodb:GetItem'],
    policyRecords: ['dynamodb:Query'],
    intakeQueue: ['sqs:SendMessage'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
  },
  readsServices: ['metrics', 'alarms'],
  announces: ['capacity-forecast'],
});
