import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'webhook',
  description: 'Authenticates a webhook and puts its signal on the intake queue.',
  timeoutSeconds: 10,
  memoryMb: 512,
  trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/{source}', authorized: false }] },
  uses: {
    intakeQueue: ['sqs:SendMessage'],
    webhookSecret: ['secretsmanager:GetSecretValue'],
    nameKeySecret: ['secretsmanager:GetSecretValue'],
  },
});
