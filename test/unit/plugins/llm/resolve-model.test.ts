import { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import { confidenceThresholdOf, MissingModelKey, resolveModel } from '#shared/plugins/resolve-model.ts';

const key = (...parts: readonly string[]): string => [...parts, 'made', 'up', '0'].join('-');
const OF_ANTHROPIC = key('sk', 'ant', 'api03');
const OF_OPENAI = key('sk', 'proj');
const OF_OPENROUTER = key('sk', 'or', 'v1');
const OF_GROQ = ['gsk', 'madeup'].join('_');
const STRANGE = 'made-up';
const OLLAMA = 'http://127.0.0.1:11434';
const choiceOf = (environment: Record<string, string>, model?: string) => resolveModel(environment, { model }).choice;

describe('the model of the environment', () => {
  it('is none when nothing is set, or set to nothing', () => {
    expect(resolveModel({})).toEqual({ choice: null, unused: [] });
    expect(resolveModel({ OLLAMA_URL: '', ANTHROPIC_API_KEY: ' ', OPENAI_API_KEY: '' }).choice).toBeNull();
  });

  it.each<[Record<string, string>, object]>([
    [{ OLLAMA_URL: `${OLLAMA}/` }, { settings: { provider: 'ollama', modelId: 'qwen2.5-coder', baseUrl: OLLAMA } }],
    [{ OLLAMA_URL: `${OLLAMA}/api/generate` }, { settings: { baseUrl: OLLAMA } }],
    [{ OLLAMA_MODEL: 'codellama:13b' }, { settings: { modelId: 'codellama:13b', baseUrl: OLLAMA } }],
    [{ AI_MODEL: 'deepseek-coder' }, { settings: { provider: 'ollama', modelId: 'deepseek-coder' } }],
    [{ AI_MODEL: 'gpt-oss:20b' }, { settings: { provider: 'ollama' } }],
    [{ ANTHROPIC_API_KEY: OF_ANTHROPIC }, { settings: { provider: 'anthropic' }, key: OF_ANTHROPIC }],
    [{ AI_API_KEY: OF_ANTHROPIC }, { settings: { provider: 'anthropic' }, key: OF_ANTHROPIC, by: 'AI_API_KEY' }],
    [{ AI_API_KEY: OF_OPENAI }, { settings: { provider: 'openai' }, key: OF_OPENAI }],
    [{ OPENAI_API_KEY: OF_OPENAI, SELFHEAL_MODEL: 'gpt-4o' }, { settings: { modelId: 'gpt-4o' } }],
    [{ OPENAI_API_KEY: OF_OPENAI, OPENAI_MODEL: 'o3-mini' }, { settings: { modelId: 'o3-mini' } }],
    [
      { OPENAI_API_KEY: OF_OPENAI, OLLAMA_URL: 'http://[::1]:1' },
      { settings: { provider: 'ollama' }, key: '' },
    ],
    [{ BEDROCK_MODEL: 'amazon.nova-pro-v1:0' }, { settings: { provider: 'bedrock' } }],
    [{ AI_MODEL: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0' }, { settings: { provider: 'bedrock' } }],
    [{ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_API_KEY: STRANGE }, { key: STRANGE }],
    [{ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', AI_API_KEY: STRANGE }, { settings: { provider: 'openai' } }],
    [
      { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_API_KEY: OF_OPENROUTER, AI_MODEL: 'claude-sonnet-4-5' },
      { settings: { provider: 'openai', modelId: 'claude-sonnet-4-5' }, by: 'OPENAI_BASE_URL' },
    ],
  ])('is chosen by %j', (environment, expected) => {
    const choice = choiceOf(environment);
    expect(choice).toMatchObject(expected);
    expect(ModelSettings.safeParse(choice?.settings).success).toBe(true);
  });

  it('[B12] is the one that AI_MODEL names, at the provider that has it; the other keys are said to be unused', () => {
    const keys = { ANTHROPIC_API_KEY: OF_ANTHROPIC, OPENAI_API_KEY: OF_OPENAI, OLLAMA_URL: OLLAMA };
    const claude = resolveModel({ ...keys, AI_MODEL: 'claude-3-5-sonnet-20241022' });
    expect(claude.choice).toMatchObject({
      settings: { provider: 'anthropic', modelId: 'claude-3-5-sonnet-20241022' },
      by: 'ANTHROPIC_API_KEY',
    });
    expect(claude.unused).toEqual([
      'OPENAI_API_KEY is set but not used: claude-3-5-sonnet-20241022 is asked (ANTHROPIC_API_KEY is set).',
      'OLLAMA_URL is set but not used: claude-3-5-sonnet-20241022 is asked (ANTHROPIC_API_KEY is set).',
    ]);
    expect(choiceOf({ ...keys, AI_MODEL: 'gpt-4-turbo-preview' })).toMatchObject({ settings: { provider: 'openai' } });
    expect(choiceOf({ ...keys, AI_MODEL: 'codellama' })).toMatchObject({ settings: { provider: 'ollama' } });
  });

  it('[B15] is told by the form of a key that may be of either provider', () => {
    expect(choiceOf({ AI_API_KEY: OF_ANTHROPIC, AI_MODEL: 'claude-3-opus-latest' })).toMatchObject({
      key: OF_ANTHROPIC,
    });
    expect(choiceOf({ AI_API_KEY: OF_OPENAI, AI_MODEL: 'gpt-4-turbo-preview' })).toMatchObject({ key: OF_OPENAI });
  });

  it('[B13] answers in at most so many tokens, 4096 when nothing is said', () => {
    expect(choiceOf({ OPENAI_API_KEY: OF_OPENAI })?.settings.maxOutputTokens).toBe(4096);
    expect(choiceOf({ OPENAI_API_KEY: OF_OPENAI, AI_MAX_TOKENS: '2000' })?.settings.maxOutputTokens).toBe(2000);
    const wrong = { OPENAI_API_KEY: OF_OPENAI, AI_MAX_TOKENS: 'many' };
    expect(() => choiceOf(wrong)).toThrow('AI_MAX_TOKENS is many. Set it to a number from 200 to 8192.');
  });

  it('[D192] is that of OPENAI_API_KEY, with the temperature that is set', () => {
    const chosen = choiceOf({ OPENAI_API_KEY: OF_OPENAI, AI_TEMPERATURE: '0.2' });
    expect(chosen).toMatchObject({ key: OF_OPENAI, settings: { provider: 'openai', temperature: 0.2 } });
    expect(choiceOf({ OPENAI_API_KEY: OF_OPENAI })?.settings).not.toHaveProperty('temperature');
    expect(() => choiceOf({ ANTHROPIC_API_KEY: OF_ANTHROPIC, AI_TEMPERATURE: '1.5' })).toThrow('AI_TEMPERATURE');
  });

  it.each(['codellama:13b', 'deepseek-coder'])('[A31] may be %s', (modelId) => {
    expect(choiceOf({ OLLAMA_URL: OLLAMA, SELFHEAL_MODEL: modelId })?.settings).toMatchObject({ modelId });
  });

  it('is Bedrock for AWS credentials alone, where the caller says so', () => {
    const environment = { AWS_PROFILE: 'shop' };
    expect(choiceOf(environment)).toBeNull();
    expect(resolveModel(environment, { withAwsCredentials: true }).choice).toMatchObject({
      settings: { provider: 'bedrock' },
      by: 'AWS_PROFILE',
    });
  });

  it('is none when the rules are asked for, whatever else is set, and that is said', () => {
    const { choice, unused } = resolveModel({ OPENAI_API_KEY: OF_OPENAI, SELFHEAL_MODEL: 'rules' });
    expect(choice).toBeNull();
    expect(unused).toEqual(['OPENAI_API_KEY is set but not used: the rules were asked for.']);
  });
});

describe('variables that contradict each other', () => {
  it.each<[string, Record<string, string>, string | undefined, RegExp]>([
    [
      'two keys',
      { ANTHROPIC_API_KEY: OF_ANTHROPIC, OPENAI_API_KEY: OF_OPENAI },
      undefined,
      /ANTHROPIC_API_KEY.*OPENAI_API_KEY.*AI_MODEL/,
    ],
    [
      'two keys, one of them general',
      { ANTHROPIC_API_KEY: OF_ANTHROPIC, AI_API_KEY: OF_OPENAI },
      undefined,
      /ANTHROPIC_API_KEY.*AI_API_KEY/,
    ],
    [
      'a model of the one, a key of the other',
      { AI_MODEL: 'claude-3-5-sonnet-20241022', AI_API_KEY: OF_OPENAI },
      undefined,
      /AI_MODEL.*AI_API_KEY.*Set ANTHROPIC_API_KEY/,
    ],
    [
      'the same the other way round',
      { AI_MODEL: 'gpt-4o', AI_API_KEY: OF_ANTHROPIC },
      undefined,
      /AI_MODEL.*AI_API_KEY.*Set OPENAI_API_KEY/,
    ],
    [
      'a key in the variable of another provider',
      { ANTHROPIC_API_KEY: OF_OPENAI },
      undefined,
      /ANTHROPIC_API_KEY has the form of a key of OpenAI/,
    ],
    [
      'the same at another address',
      { ANTHROPIC_API_KEY: OF_OPENAI, ANTHROPIC_BASE_URL: OLLAMA },
      undefined,
      /ANTHROPIC_API_KEY/,
    ],
    [
      'an open model with a key',
      { AI_MODEL: 'codellama:13b', AI_API_KEY: OF_ANTHROPIC },
      undefined,
      /AI_MODEL.*OLLAMA_URL/,
    ],
    [
      'a model that the provider does not have',
      { ANTHROPIC_API_KEY: OF_ANTHROPIC, AI_MODEL: 'sonnet' },
      undefined,
      /AI_MODEL is sonnet.*does not have/,
    ],
    ['a key of a provider that is not known here', { AI_API_KEY: OF_GROQ }, undefined, /AI_API_KEY.*Groq/],
    [
      'the same where a model names a provider',
      { AI_API_KEY: OF_GROQ, AI_MODEL: 'claude-sonnet-4-5' },
      undefined,
      /AI_API_KEY.*Groq/,
    ],
    [
      'the same at another address',
      { AI_API_KEY: OF_GROQ, OPENAI_BASE_URL: OLLAMA, AI_MODEL: 'gpt-4o' },
      undefined,
      /AI_API_KEY.*Groq/,
    ],
    ['a key of an unknown form', { OPENAI_API_KEY: STRANGE }, undefined, /OPENAI_API_KEY.*form of no key/],
    [
      'an option and the key of another provider',
      { AI_API_KEY: OF_ANTHROPIC },
      'openai',
      /AI_API_KEY has the form of a key of Anthropic/,
    ],
    ['an address that is none', { OLLAMA_URL: 'localhost' }, undefined, /OLLAMA_URL is not a URL/],
    ['an address with a password', { OLLAMA_URL: 'http://a:b@127.0.0.1' }, undefined, /OLLAMA_URL contains/],
    ['a model with blanks', { OLLAMA_MODEL: 'a model' }, 'ollama', /OLLAMA_MODEL/],
    ['a key with blanks', { ANTHROPIC_API_KEY: `${OF_ANTHROPIC} x` }, undefined, /ANTHROPIC_API_KEY is not a key/],
  ])('are refused by name: %s', (_name, environment, model, message) => {
    expect(() => choiceOf(environment, model)).toThrow(message);
    expect(() => choiceOf(environment, model)).toThrow(InvalidInput);
  });

  it('are no matter where the missing key is all: a job of a fork gets none', () => {
    expect(() => choiceOf({ AI_MODEL: 'claude-sonnet-4-5', AI_API_KEY: '' })).toThrow(MissingModelKey);
    expect(() => choiceOf({}, 'anthropic')).toThrow(/--model anthropic needs its key in ANTHROPIC_API_KEY/);
    expect(resolveModel({ AI_MODEL: 'claude-sonnet-4-5' }, { isKeyStored: true }).choice).toMatchObject({ key: '' });
  });
});

describe('a model that an option names', () => {
  it('[A27][A28] is qwen2.5-coder of the Ollama on this machine, where the environment names no other', () => {
    expect(choiceOf({}, 'ollama')).toMatchObject({
      settings: { provider: 'ollama', modelId: 'qwen2.5-coder', baseUrl: OLLAMA },
      key: '',
    });
    expect(choiceOf({ OLLAMA_URL: '', OLLAMA_MODEL: '' }, 'ollama')).toEqual(choiceOf({}, 'ollama'));
  });

  it.each(MODEL_PROVIDERS.filter(({ id }) => id !== 'rules').map((provider) => [provider.id, provider] as const))(
    'may be %s, with settings that it can use',
    (id, provider) => {
      const choice = choiceOf({ ANTHROPIC_API_KEY: OF_ANTHROPIC, OPENAI_API_KEY: OF_OPENAI }, id);
      expect(choice?.settings.provider).toBe(id);
      expect(choice && provider.problem(choice.settings)).toBeNull();
      expect(choice?.key !== '').toBe(choice !== null && provider.needsKey(choice.settings));
    },
  );

  it('wins over AI_MODEL, and may be the name of a model', () => {
    const environment = { AI_API_KEY: OF_ANTHROPIC, AI_MODEL: 'claude-sonnet-4-5' };
    expect(resolveModel(environment, { model: 'ollama' })).toMatchObject({
      choice: { settings: { modelId: 'qwen2.5-coder' } },
      unused: [expect.stringContaining('AI_API_KEY'), expect.stringContaining('AI_MODEL')],
    });
    expect(choiceOf(environment, 'claude-opus-4-1')?.settings.modelId).toBe('claude-opus-4-1');
    expect(choiceOf(environment, 'rules')).toBeNull();
    expect(() => choiceOf(environment, 'gpt')).toThrow('There is no model provider "gpt"');
  });
});

describe('whatever is set', () => {
  const values = {
    AI_API_KEY: [OF_ANTHROPIC, OF_OPENAI, OF_GROQ, OF_OPENROUTER, STRANGE, ''],
    ANTHROPIC_API_KEY: [OF_ANTHROPIC, OF_OPENAI, STRANGE, ''],
    OPENAI_API_KEY: [OF_OPENAI, OF_ANTHROPIC, OF_GROQ, ''],
    AI_MODEL: ['claude-sonnet-4-5', 'gpt-4o', 'codellama:13b', 'sonnet', ''],
    OLLAMA_URL: [OLLAMA, ''],
    OLLAMA_MODEL: ['llama3', ''],
    OPENAI_BASE_URL: ['http://127.0.0.1:1/v1', ''],
    ANTHROPIC_BASE_URL: ['http://127.0.0.1:2', ''],
    AI_MAX_TOKENS: ['1000', ''],
  };
  const environments = fc.record(
    Object.fromEntries(Object.entries(values).map(([name, all]) => [name, fc.constantFrom(...all)])),
  );
  const FORMS: Readonly<Record<string, RegExp>> = { anthropic: /^sk-ant-/, openai: /^sk-(?!ant-)/ };

  it('no key goes to a provider whose form it does not have, no message quotes a key, and every variable is used or said', () => {
    fc.assert(
      fc.property(environments, (environment) => {
        let said = '';
        try {
          const { choice, unused } = resolveModel(environment);
          said = unused.join('\n');
          const { key: sent = '', settings } = choice ?? {};
          const other = Object.entries(FORMS).find(([id]) => id !== settings?.provider)?.[1];
          if (sent !== '' && settings?.baseUrl === undefined)
            expect(sent).toMatch(FORMS[settings?.provider ?? ''] ?? /^$/);
          if (sent !== '' && settings?.provider === 'anthropic') expect(sent).not.toMatch(other ?? /^$/);
          if (sent !== '') expect(/^sk-ant-/.test(sent) && settings?.provider !== 'anthropic').toBe(false);
          if (settings?.provider === 'ollama') expect(sent).toBe('');
          const set = Object.keys(environment).filter((name) => environment[name] !== '');
          if (choice === null) expect(unused).toHaveLength(set.length);
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          said = error.message;
          expect(said).toMatch(/[A-Z]+_[A-Z_]+/);
        }
        for (const secret of [OF_ANTHROPIC, OF_OPENAI, OF_GROQ, OF_OPENROUTER]) expect(said).not.toContain(secret);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the confidence that the environment asks for', () => {
  it('is null when nothing is set, and refused when it is no share', () => {
    expect(confidenceThresholdOf({ AI_CONFIDENCE_THRESHOLD: '' })).toBeNull();
    expect(confidenceThresholdOf({ AI_CONFIDENCE_THRESHOLD: '0.9' })).toBe(0.9);
    expect(() => confidenceThresholdOf({ AI_CONFIDENCE_THRESHOLD: '90%' })).toThrow('from 0 to 1');
  });
});
