import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'act-ecs',
  description: 'Deploys the task definition before to ECS services.',
  timeoutSeconds: 60,
  memoryMb: 512,
  trigger: { kind: 'workflow' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    controlTable: ['dynamodb:GetItem'],
  },
  actionGrants: ['execute', 'observe'],
  family: 'ecs',
});
