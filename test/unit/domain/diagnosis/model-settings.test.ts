import { modelIdsOf, modelSettingsOf } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';

const parse = (model: unknown) => Configuration.safeParse({ version: 1, model });
const problemOf = (model: unknown) => {
  const { error } = parse(model);
  return error === undefined ? null : z.prettifyError(error);
};

describe('the model of the configuration', () => {
  it('is the rules unless another one is named', () => {
    const configuration = Configuration.parse({ version: 1 });
    expect(configuration.model).toEqual({ provider: 'rules' });
    expect(modelSettingsOf(configuration)).toBeNull();
  });

  it('may be any registered provider with its sample', () => {
    for (const { sample } of MODEL_PROVIDERS) expect([sample, problemOf(sample)]).toEqual([sample, null]);
  });

  it('is read back as it was written out', () => {
    const { data } = parse({ provider: 'ollama', modelId: 'qwen2.5-coder:7b', modelIdOf: { code: 'big' } });
    expect(parse(data?.model).data?.model).toEqual(data?.model);
    expect(modelIdsOf({ modelId: 'a', modelIdOf: { code: 'b', testing: 'a' } })).toEqual(['a', 'b']);
  });

  const budget = { provider: 'openai', modelId: 'a', modelIdOf: { code: 'b' }, maxDollarsPerDay: 5 };
  const price = { input: 1, output: 2 };
  it.each([
    ['an unknown key', { provider: 'openai', modelId: 'a', apiKey: 'x' }, 'apiKey'],
    ['a key among the rules', { provider: 'rules', modelId: 'a' }, 'modelId'],
    ['no provider', { modelId: 'a' }, 'model.provider'],
    ['no model', { provider: 'openai' }, 'model.modelId'],
    ['a model id with a space', { provider: 'openai', modelId: 'a b' }, 'model.modelId'],
    [
      'an address that is no web address',
      { provider: 'openai', modelId: 'a', baseUrl: 'file:///etc' },
      'model.baseUrl',
    ],
    ['a family that does not exist', { provider: 'openai', modelId: 'a', modelIdOf: { other: 'b' } }, 'modelIdOf'],
    ['more turns than six', { provider: 'openai', modelId: 'a', maxTurns: 7 }, 'model.maxTurns'],
    ['dollars without a price', { ...budget, prices: { a: price } }, 'the price of b'],
    ['a negative price', { ...budget, prices: { a: price, b: { input: -1, output: 1 } } }, 'prices.b.input'],
  ])('is refused with %s, naming it', (_what, model, words) => {
    expect(problemOf(model)).toContain(words);
  });
});
