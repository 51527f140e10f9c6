import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'request-approval',
  description: 'Mails a link to the page on which a person approves or rejects a plan.',
  timeoutSeconds: 30,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    escalationTopic: ['sns:Publish'],
    apiUrl: [],
  },
});
