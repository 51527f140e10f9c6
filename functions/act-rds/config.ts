import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'rds',
  description: 'Restarts RDS databases, raises their parameters, and sets their size.',
  uses: { databaseSizer: ['lambda:InvokeFunction'] },
});
