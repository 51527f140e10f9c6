import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'log-intake',
  description: 'Takes logs by the OpenTelemetry protocol and in the format of Splunk, redacts them, and counts them.',
  timeoutSeconds: 20,
  memoryMb: 512,
  trigger: {
    kind: 'http',
    routes: [
      { method: 'POST', path: '/v1/logs', maxRate: 200 },
      { method: 'POST', path: '/services/collector', maxRate: 200 },
      { method: 'POST', path: '/services/collector/{proxy+}', maxRate: 200 },
      { method: 'GET', path: '/services/collector/health', maxRate: 20 },
    ],
  },
  uses: {
    logRecords: ['dynamodb:PutItem'],
    keyRecords: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  },
});
