import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { readSettings } from '#infra/settings.ts';
import { PLUGINS } from '#shared/plugins/plugins.ts';
import { KEYS, MODEL_WIRES, withAddresses } from '../model-wires.ts';

const settingsOf = (environment: Record<string, string>, context: Record<string, string> = {}) =>
  readSettings(new App({ context }).node, PLUGINS, environment);
const PROVIDERS = { '/^anthropic:/': 'anthropic', '/^openai:/': 'openai', '/^ollama:/': 'ollama' } as Record<
  string,
  string
>;

describe('the model of a deployment', () => {
  it.each(MODEL_WIRES)('[B12][B13][B15] is that of the same variables as everywhere: $name', (row) => {
    const environment = withAddresses(row, 'http://127.0.0.1:1');
    if (row.isRefused) {
      expect(() => settingsOf(environment)).toThrow(row.said);
      return;
    }
    const settings = settingsOf(environment);
    const { model } = settings.configuration;
    expect(model).toMatchObject(
      row.asked === null
        ? { provider: 'rules' }
        : { provider: PROVIDERS[String(row.asked.wire)], modelId: row.asked.modelId },
    );
    expect(settings.remarks.join('\n')).toMatch(row.said ?? /^/);
    for (const key of Object.values(KEYS)) expect(JSON.stringify(settings)).not.toContain(key);
    if (row.asked?.key != null) expect(settings.remarks.join('\n')).toMatch(/is not deployed.*\n.*put-secret-value/);
  });

  it('[B14] may come from the context, which wins over the environment', () => {
    const context = { AI_MODEL: 'claude-sonnet-4-5', AI_MAX_TOKENS: '900', AI_CONFIDENCE_THRESHOLD: '0.95' };
    const { configuration, modelKeySecretName } = settingsOf(
      { AI_MODEL: 'gpt-4o', AI_CONFIDENCE_THRESHOLD: '0.8' },
      { ...context, modelKeySecret: 'selfheal/model-key' },
    );
    expect(configuration.model).toMatchObject({
      provider: 'anthropic',
      modelId: 'claude-sonnet-4-5',
      maxOutputTokens: 900,
    });
    expect(configuration.policy.actAtConfidence).toBe(0.95);
    expect(modelKeySecretName).toBe('selfheal/model-key');
  });

  it.each([
    ['AI_API_KEY', 'whatever'],
    ['OPENAI_API_KEY', KEYS.openai],
    ['AI_MODEL', KEYS.anthropic],
    ['modelKeySecret', KEYS.anthropic],
    ['modelKeySecret', KEYS.groq],
    ['modelKeySecret', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'],
    ['emails', KEYS.openai],
  ])('refuses a key as %s, without showing it, and prints the command that stores it', (name, value) => {
    const attempt = () => settingsOf({}, { [name]: value });
    expect(attempt).toThrow(new RegExp(`${name}[^]*read -rs KEY && aws secretsmanager create-secret`));
    expect(attempt).not.toThrow(new RegExp(value));
  });

  it.each(['selfheal/model-key', 'SelfhealStateModelKeyKey1A2B3C4D-x9Y8z7', 'OurCompanyModelKeySecret2026Production'])(
    'takes %s as the name of a secret',
    (name) => {
      expect(settingsOf({}, { modelKeySecret: name }).modelKeySecretName).toBe(name);
    },
  );
});
