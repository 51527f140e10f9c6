import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'forecast',
  description: 'Forecasts the capacity of services and mails once a day what will run out.',
  timeoutSeconds: 120,
  memoryMb: 512,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    killSwitchRecord: ['dynamodb:GetItem'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
  },
  readsServices: ['metrics'],
  announces: ['capacity-forecast'],
});
