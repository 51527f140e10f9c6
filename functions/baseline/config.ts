import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'baseline',
  description: 'Compares the failure with recent runs of the same workflow.',
  timeoutSeconds: 30,
  memoryMb: 256,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem'],
    statsTable: ['dynamodb:Query'],
    evidenceBucket: ['s3:GetObject'],
  },
});
