import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'github',
  description:
    'Re-runs and cancels runs on GitHub; if configured, also writes branches, draft pull requests and issues.',
  uses: { githubTokenSecret: ['secretsmanager:GetSecretValue'], evidenceBucket: ['s3:GetObject'] },
});
