import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'webhook',
  description: 'Authenticates a webhook and puts its signal on the intake queue.',
  timeoutSeconds: 10,
  memoryMb: 512,
  trigger: {
    kind: 'http',
    // Runs that finish together are reported together; a limit of their own, so that a flood of them cannot lock approvers out.
    routes: [{ method: 'POST', path: '/webhooks/{source}', maxRate: 500 }],
  },
  uses: {
    intakeQueue: ['sqs:SendMessage'],
    webhookSecret: ['secretsmanager:GetSecretValue'],
    nameKeySecret: ['secretsmanager:GetSecretValue'],
  },
});
