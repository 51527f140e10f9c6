import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'receiver',
  description: 'Authenticates deliveries of connections and puts their alerts on the intake queue.',
  timeoutSeconds: 10,
  memoryMb: 512,
  trigger: {
    kind: 'http',
    routes: [
      { method: 'POST', path: '/webhooks/{source}/{connection}', maxRate: 300 },
      // For senders that can neither sign nor send a header.
      { method: 'POST', path: '/webhooks/{source}/{connection}/{secret}', maxRate: 100 },
    ],
  },
  uses: {
    intakeQueue: ['sqs:SendMessage'],
    webhookSecret: ['secretsmanager:GetSecretValue'],
    nameKeySecret: ['secretsmanager:GetSecretValue'],
    connectionRecords: ['dynamodb:GetItem'],
    eventRecords: ['dynamodb:UpdateItem'],
  },
});
