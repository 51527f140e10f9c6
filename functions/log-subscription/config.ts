import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'log-subscription',
  description: 'Takes what CloudWatch Logs sends of the subscribed log groups, redacts it, and counts it.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'log-groups' },
  uses: { logRecords: ['dynamodb:PutItem'] },
});
