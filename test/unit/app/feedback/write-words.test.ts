import { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { combineResults } from '@selfheal/pull-request-quality/domain/pull-request/pull-request-facts.ts';
import { templateWords } from '@selfheal/pull-request-quality/domain/pull-request/report-words.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { modelClients } from '#shared/app/analyze/connect.ts';
import { writeWords } from '#shared/app/model-words/write-words.ts';
import { redResults } from '#test/builders/index.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const facts = combineResults(redResults());
const write = () => {
  const settings = ModelSettings.parse({ provider: 'anthropic', modelId: 'a-model', baseUrl: world.url });
  const json = makeJsonPost();
  const bedrock = () => {
    throw new Error('not used');
  };
  const client = modelClients(settings, { json, key: async () => 'a-key', bedrock })(settings.modelId);
  return writeWords(facts, { client, timeoutSeconds: 5 });
};
const GOOD = {
  summary: 'Totals are rounded once instead of per line, so `cart > rounds totals per line` fails.',
  next_steps: ['Round each line in src/cart.ts before adding.'],
};

describe('the words of a report', () => {
  it("[B38] are a language model's when everything in them is in the facts", async () => {
    world.models.script({ kind: 'tool', input: GOOD });
    expect(await write()).toEqual({
      words: { summary: GOOD.summary, nextSteps: GOOD.next_steps, by: 'model' },
      note: null,
    });
  });

  it('are asked for again when a number is made up, and then are those of the template', async () => {
    const made = { ...GOOD, summary: '17 of 240 tests failed.' };
    world.models.script({ kind: 'tool', input: made }, { kind: 'tool', input: GOOD });
    expect((await write()).words.by).toBe('model');
    world.models.script({ kind: 'tool', input: made }, { kind: 'tool', input: made });
    expect(await write()).toEqual({ words: templateWords(facts), note: expect.stringContaining('"17"') });
    const last = world.models.calls().at(-1);
    expect(last?.prompt).toContain('not in the facts: "17"');
  });

  it.each([{ kind: 'error', status: 500 }, { kind: 'garbage' }, { kind: 'prose' }, { kind: 'cut-off' }] as const)(
    'are those of the template when the model answers %j',
    async (reply) => {
      world.models.script(reply, reply, reply, reply);
      const { words, note } = await write();
      expect(words).toEqual(templateWords(facts));
      expect(note).not.toBeNull();
      world.models.script();
    },
  );
});
