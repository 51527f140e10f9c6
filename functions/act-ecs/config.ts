import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'ecs',
  description: 'Deploys the task definition before to ECS services.',
});
