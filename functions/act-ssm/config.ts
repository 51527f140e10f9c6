import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'ssm',
  description: 'Starts the SSM documents and switches the parameters that playbooks name.',
});
