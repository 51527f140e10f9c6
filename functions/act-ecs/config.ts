import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'ecs',
  description: 'Rolls back, restarts and scales ECS services.',
});
