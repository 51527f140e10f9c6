import { defineActFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineActFunction({
  family: 'lambda',
  description: 'Points Lambda aliases back to the previous version, and sets memory and concurrency of functions.',
  uses: { memorySetter: ['lambda:InvokeFunction'] },
});
