import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'forecast',
  description: 'Looks ahead at what services can run out of, and tells once a day what will.',
  timeoutSeconds: 120,
  memoryMb: 512,
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: {
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    escalationTopic: ['sns:Publish'],
  },
  readsServices: ['metrics'],
  announces: ['capacity-forecast'],
});
