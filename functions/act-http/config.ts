import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'http',
  description: 'Calls the allowed endpoints that playbooks name.',
});
