import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'log-watch',
  description:
    'Asks the addresses of health checks and the job systems, judges the log of each service by its own past, and reports failures and what is unusual as incidents.',
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
  readsJobs: true,
});
