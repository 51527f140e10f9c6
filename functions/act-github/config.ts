import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'github',
  description: 'Re-runs failed jobs on GitHub.',
  uses: { githubTokenSecret: ['secretsmanager:GetSecretValue'] },
});
