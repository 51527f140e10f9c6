import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'load',
  description: 'Reads the incident a workflow was started for.',
  timeoutSeconds: 15,
  memoryMb: 256,
  trigger: { kind: 'workflow' },
  uses: { incidentsTable: ['dynamodb:GetItem'] },
});
