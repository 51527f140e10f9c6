import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'escalate',
  description: 'Hands the incident to a person by e-mail: what failed, why, where to look, what was tried.',
  timeoutSeconds: 30,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    killSwitchRecord: ['dynamodb:GetItem'],
    evidenceBucket: ['s3:GetObject', 's3:ListBucket'],
    // It counts its messages.
    statsTable: ['dynamodb:UpdateItem'],
    escalationTopic: ['sns:Publish'],
    channelSecret: [],
  },
  announces: ['escalation'],
});
