import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'rds',
  description: 'Restarts RDS databases and raises their parameters.',
});
