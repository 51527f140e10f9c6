import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'github',
  description:
    'Re-runs and cancels runs on GitHub; where it is switched on, writes branches, draft pull requests and issues.',
  uses: { githubTokenSecret: ['secretsmanager:GetSecretValue'], evidenceBucket: ['s3:GetObject'] },
});
