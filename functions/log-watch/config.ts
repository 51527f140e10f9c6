import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'log-watch',
  description:
    'Asks the addresses of health checks, judges the log of each service by its own past, and reports what is unusual as an incident.',
  timeoutSeconds: 50,
  memoryMb: 512,
  trigger: { kind: 'schedule', everyMinutes: 1 },
  uses: {
    logRecords: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    evidenceBucket: [],
    incidentObjects: ['s3:PutObject'],
    intakeQueue: ['sqs:SendMessage'],
  },
});
