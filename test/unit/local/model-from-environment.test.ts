import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelFromEnvironment, writeWithModel } from '#apps/local/model-from-environment.ts';
import { readConfiguration } from '#infra/configuration.ts';

const KEY = ['not', 'a', 'key'].join('-');

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
    if (model !== null) writeWithModel('apps/local/sample/selfheal.json', model, target);
    expect(readConfiguration(target).model).toMatchObject({ provider: 'anthropic' });
    expect(readFileSync(target, 'utf8')).not.toContain(KEY);
    rmSync(folder, { recursive: true });
  });
});
