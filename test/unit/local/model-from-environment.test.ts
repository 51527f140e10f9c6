import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actAtConfidenceOf, modelFromEnvironment, writeWithSettings } from '#apps/local/model-from-environment.ts';
import { readConfiguration } from '#infra/configuration.ts';
import { Model } from '#shared/domain/diagnosis/model-settings.ts';

const KEY = ['not', 'a', 'key'].join('-');

describe('a configuration with the settings of the environment', () => {
  it('keeps the playbooks that lie beside it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-playbooks-'));
    const source = join(folder, 'selfheal.json');
    writeFileSync(source, readFileSync('apps/local/sample/selfheal.json'));
    mkdirSync(join(folder, 'playbooks'));
    writeFileSync(join(folder, 'playbooks/own.yaml'), 'id: own\n');
    writeWithSettings(source, { model: null, actAtConfidence: null }, join(folder, 'changed/selfheal.json'));
    expect(readFileSync(join(folder, 'changed/playbooks/own.yaml'), 'utf8')).toBe('id: own\n');
    rmSync(folder, { recursive: true });
  });
});

describe('the confidence that the environment asks for', () => {
  it('[B14] is the one from which on it acts, with the rules where no model can be asked, and all else as it was', () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-confidence-'));
    const target = join(folder, 'selfheal.json');
    const actAtConfidence = actAtConfidenceOf({ AI_CONFIDENCE_THRESHOLD: '0.9' });
    writeWithSettings('config/selfheal.example.json', { model: null, actAtConfidence }, target);
    const before = readConfiguration('config/selfheal.example.json');
    // The file moves, the folder of signatures does not.
    const signatures = { folder: resolve('config', before.signatures?.folder ?? '') };
    expect(readConfiguration(target)).toEqual({
      ...before,
      signatures,
      model: Model.parse({ provider: 'rules' }),
      policy: { ...before.policy, actAtConfidence: 0.9 },
    });
    rmSync(folder, { recursive: true });
  });

  it('is that of the configuration when nothing is set, and refused when it is no share', () => {
    expect(actAtConfidenceOf({ AI_CONFIDENCE_THRESHOLD: '' })).toBeNull();
    expect(() => actAtConfidenceOf({ AI_CONFIDENCE_THRESHOLD: '90%' })).toThrow('from 0 to 1');
  });
});

describe('the model that the environment asks for', () => {
  it('is none when nothing is set, or set to nothing', () => {
    expect(modelFromEnvironment({})).toBeNull();
    expect(modelFromEnvironment({ OLLAMA_URL: '', ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '' })).toBeNull();
  });

  it.each([
    [{ OLLAMA_URL: 'http://127.0.0.1:11434/' }, { provider: 'ollama', baseUrl: 'http://127.0.0.1:11434' }, null],
    [{ ANTHROPIC_API_KEY: KEY }, { provider: 'anthropic' }, KEY],
    [{ OPENAI_API_KEY: KEY }, { provider: 'openai' }, KEY],
    [{ OPENAI_API_KEY: KEY, SELFHEAL_MODEL: 'another' }, { provider: 'openai', modelId: 'another' }, KEY],
    [{ AWS_PROFILE: 'shop' }, { provider: 'bedrock' }, null],
    [{ AWS_ACCESS_KEY_ID: KEY, SELFHEAL_MODEL: 'amazon.nova-pro-v1:0' }, { modelId: 'amazon.nova-pro-v1:0' }, null],
    [{ OPENAI_API_KEY: KEY, OLLAMA_URL: 'http://[::1]:1' }, { provider: 'ollama' }, null],
  ])('is chosen by %j', (environment, settings, key) => {
    const model = modelFromEnvironment(environment);
    expect(model).toMatchObject({
      settings,
      key,
      by: Object.keys(environment).at(-1) === 'OLLAMA_URL' ? 'OLLAMA_URL' : Object.keys(environment)[0],
    });
    expect(model?.settings.modelId).not.toBe('undefined');
  });

  it('[B15] is told by the form of a key that may be of either provider', () => {
    const ofAnthropic = ['sk', 'ant', 'api03', 'none'].join('-');
    const chosen = (key: string) => modelFromEnvironment({ AI_API_KEY: key, AWS_PROFILE: 'shop' });
    expect(chosen(ofAnthropic)).toMatchObject({ settings: { provider: 'anthropic' }, key: ofAnthropic });
    expect(chosen(KEY)).toMatchObject({ settings: { provider: 'openai' }, key: KEY, by: 'AI_API_KEY' });
  });

  it('[B12] is the one that AI_MODEL names, at the provider that has it', () => {
    const keys = { ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY, OLLAMA_URL: 'http://127.0.0.1:11434' };
    const chosen = (AI_MODEL: string, environment: object = keys) => modelFromEnvironment({ ...environment, AI_MODEL });
    expect(chosen('claude-3-5-sonnet-20241022')).toMatchObject({
      settings: { provider: 'anthropic', modelId: 'claude-3-5-sonnet-20241022' },
      by: 'ANTHROPIC_API_KEY',
    });
    expect(chosen('gpt-4-turbo-preview')).toMatchObject({
      settings: { provider: 'openai', modelId: 'gpt-4-turbo-preview' },
      by: 'OPENAI_API_KEY',
    });
    expect(chosen('gpt-4-turbo-preview', { AI_API_KEY: KEY })).toMatchObject({ key: KEY, by: 'AI_API_KEY' });
    expect(chosen('codellama')).toMatchObject({ settings: { provider: 'ollama', modelId: 'codellama' } });
    expect(() => chosen('claude-3-5-sonnet-20241022', { OPENAI_API_KEY: KEY })).toThrow('Set ANTHROPIC_API_KEY');
  });

  it('[B13] answers in at most so many tokens, 4096 when nothing is said', () => {
    expect(modelFromEnvironment({ OPENAI_API_KEY: KEY })?.settings.maxOutputTokens).toBe(4096);
    const settings = modelFromEnvironment({ OPENAI_API_KEY: KEY, AI_MAX_TOKENS: '2000' })?.settings;
    expect(Model.parse(settings)).toMatchObject({ maxOutputTokens: 2000 });
    const wrong = { OPENAI_API_KEY: KEY, AI_MAX_TOKENS: 'many' };
    expect(() => modelFromEnvironment(wrong)).toThrow('AI_MAX_TOKENS is many. Set it to a number from 200 to 8192.');
  });

  it('[D192] is that of OPENAI_API_KEY, with the temperature that is set', () => {
    const chosen = modelFromEnvironment({ OPENAI_API_KEY: KEY, AI_TEMPERATURE: '0.2' });
    expect(chosen).toMatchObject({ key: KEY, settings: { provider: 'openai', temperature: 0.2 } });
    expect(Model.parse(chosen?.settings)).toMatchObject({ temperature: 0.2 });
    expect(modelFromEnvironment({ OPENAI_API_KEY: KEY })?.settings).not.toHaveProperty('temperature');
    const wrong = { OPENAI_API_KEY: KEY, AI_TEMPERATURE: '3' };
    expect(() => modelFromEnvironment(wrong)).toThrow('AI_TEMPERATURE is 3. Set it to a number from 0 to 2.');
  });

  it.each(['codellama:13b', 'deepseek-coder'])('[A31] may be %s', (modelId) => {
    const model = modelFromEnvironment({ OLLAMA_URL: 'http://127.0.0.1:11434', SELFHEAL_MODEL: modelId });
    expect(Model.parse(model?.settings)).toMatchObject({ provider: 'ollama', modelId });
  });

  it('is none when the rules are asked for, whatever else is set', () => {
    expect(modelFromEnvironment({ AWS_PROFILE: 'shop', OPENAI_API_KEY: KEY, SELFHEAL_MODEL: 'rules' })).toBeNull();
  });

  it('is refused when its URL is none', () => {
    expect(() => modelFromEnvironment({ OLLAMA_URL: 'localhost' })).toThrow('OLLAMA_URL is not a URL');
  });

  it('stands in a configuration that deploys, and its key does not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-model-'));
    const target = join(folder, 'new/selfheal.json');
    const model = modelFromEnvironment({ ANTHROPIC_API_KEY: KEY });
    writeWithSettings('apps/local/sample/selfheal.json', { model, actAtConfidence: null }, target);
    const written = readConfiguration(target);
    expect(written.model).toMatchObject({ provider: 'anthropic' });
    expect(written).toEqual({ ...readConfiguration('apps/local/sample/selfheal.json'), model: written.model });
    expect(readFileSync(target, 'utf8')).not.toContain(KEY);
    rmSync(folder, { recursive: true });
  });
});
