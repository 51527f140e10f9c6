import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'autoscaling',
  description: 'Scales Auto Scaling groups and replaces their instances.',
});
