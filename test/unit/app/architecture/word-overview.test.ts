import { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { modelClients } from '#shared/app/analyze/connect.ts';
import { wordOverview } from '#shared/app/model-words/word-overview.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const REPORT = `# Architecture report

**Health 7.9 / 10**

12 files (12 TypeScript) with 1,200 lines. 1 circle of imports while loading.

## Refactoring priorities

1. **Break the circle of 2 files** \`cart.ts\` → \`price.ts\` → \`cart.ts\`. Wins about 1.2 points.`;
const write = () => {
  const settings = ModelSettings.parse({ provider: 'anthropic', modelId: 'a-model', baseUrl: world.url });
  const bedrock = () => {
    throw new Error('not used');
  };
  const client = modelClients(settings, { json: makeJsonPost(), key: async () => 'a-key', bedrock })(settings.modelId);
  return wordOverview(REPORT, { client, timeoutSeconds: 5 });
};
const GOOD = {
  summary: 'The health is 7.9 because of a circle of imports.',
  next_steps: ['Break the circle of `cart.ts` and `price.ts`.'],
};

describe('the opening paragraph of the architecture report', () => {
  it("[B78] is a language model's when every number and name in it is in the report", async () => {
    world.models.script({ kind: 'tool', input: GOOD });
    const { overview } = (await write()) as { overview: string };
    expect(overview.split('\n\n')).toEqual([
      'The health is 7.9 because of a circle of imports.',
      '- Break the circle of `cart.ts` and `price.ts`.',
      expect.stringMatching(/^\*A language model worded this/),
    ]);
    expect(world.models.calls().at(-1)?.prompt).toContain('1 circle of imports while loading');
  });

  it.each([
    ['a number', { ...GOOD, summary: 'The health is 8.2.' }, '"8.2"'],
    ['a file', { ...GOOD, next_steps: ['Move `tax.ts`.'] }, '"tax.ts"'],
    ['a link', { ...GOOD, summary: 'See https://example.com for the circle.' }, '"https:"'],
  ])('is not one with %s that the report does not have', async (_, input, named) => {
    world.models.script({ kind: 'tool', input }, { kind: 'tool', input });
    expect(await write()).toEqual({ note: expect.stringContaining(named) });
  });
});
