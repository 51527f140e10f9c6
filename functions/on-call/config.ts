import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'on-call',
  description: 'Calls who is on call, one level after the other, until somebody acknowledges the incident.',
  timeoutSeconds: 55,
  memoryMb: 512,
  trigger: { kind: 'schedule', everyMinutes: 1 },
  servesSection: 'onCall',
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    openIncidents: ['dynamodb:Query'],
    killSwitchRecord: ['dynamodb:GetItem'],
    // An incident whose evidence is gone is called about all the same.
    evidenceBucket: ['s3:ListBucket'],
    incidentObjects: ['s3:GetObject'],
    channelSecret: [],
    dashboardUrl: [],
  },
});
