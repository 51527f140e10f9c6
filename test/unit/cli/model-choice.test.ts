import { describe, expect, it } from 'vitest';
import { modelChoiceOf } from '#apps/cli/analyze/model-choice.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';

const KEYS = { ANTHROPIC_API_KEY: 'made-up', OPENAI_API_KEY: 'made-up' };

describe('the model of --model', () => {
  it('[A27][A28] is qwen2.5-coder of the Ollama on this machine, where the environment names no other', () => {
    expect(modelChoiceOf('ollama', {})).toMatchObject({
      settings: { provider: 'ollama', modelId: 'qwen2.5-coder', baseUrl: 'http://127.0.0.1:11434' },
      key: '',
    });
    const empty = { OLLAMA_URL: '', OLLAMA_MODEL: '' };
    expect(modelChoiceOf('ollama', empty)).toEqual(modelChoiceOf('ollama', {}));
  });

  it('is none for the rules, and when none is named', () => {
    expect(modelChoiceOf(undefined, { OLLAMA_URL: 'http://127.0.0.1:11434' })).toBeNull();
    expect(modelChoiceOf('rules', {})).toBeNull();
  });

  it.each(MODEL_PROVIDERS.filter(({ id }) => id !== 'rules').map((provider) => [provider.id, provider] as const))(
    'may be %s, with settings that it can use',
    (id, provider) => {
      const choice = modelChoiceOf(id, KEYS);
      expect(choice?.settings.provider).toBe(id);
      expect(choice && provider.problem(choice.settings)).toBeNull();
      expect(choice?.key).toBe(choice && provider.needsKey(choice.settings) ? 'made-up' : '');
    },
  );

  it.each([
    ['OLLAMA_URL', 'ollama', { OLLAMA_URL: 'localhost' }],
    ['OLLAMA_MODEL', 'ollama', { OLLAMA_MODEL: 'a model' }],
    ['OPENAI_API_KEY', 'openai', {}],
  ])('is refused naming %s', (variable, id, environment) => {
    expect(() => modelChoiceOf(id, environment)).toThrow(variable);
  });
});
