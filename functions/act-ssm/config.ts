import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'ssm',
  description: 'Runs the SSM documents and sets the SSM parameters that playbooks name.',
});
