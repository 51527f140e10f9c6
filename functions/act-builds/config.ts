import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'builds',
  description: 'Retries builds of CodeBuild and stages of CodePipeline.',
});
