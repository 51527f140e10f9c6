import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Model } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { describe, expect, it } from 'vitest';
import { providerOf, writeWithSettings } from '#apps/local/configuration-with-model.ts';
import { readConfiguration } from '#infra/configuration.ts';
import { confidenceThresholdOf, resolveModel } from '#shared/plugins/resolve-model.ts';

const KEY = ['sk', 'ant', 'not', 'a', 'key'].join('-');

describe('a configuration with the settings of the environment', () => {
  it.each([
    ['{', /selfheal\.json is not JSON: .*Compare it with config\/selfheal\.example\.json\.$/],
    ['null', /selfheal\.json holds no JSON object\./],
    ['[]', /selfheal\.json holds no JSON object\./],
  ])('is refused by the name of its file: %s', (text, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-broken-'));
    const file = join(folder, 'selfheal.json');
    writeFileSync(file, text);
    expect(() => providerOf(file)).toThrow(message);
    rmSync(folder, { recursive: true });
  });

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
    const actAtConfidence = confidenceThresholdOf({ AI_CONFIDENCE_THRESHOLD: '0.9' });
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
});

describe('the model that the environment asks for', () => {
  it('stands in a configuration that deploys, and its key does not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-model-'));
    const target = join(folder, 'new/selfheal.json');
    const model = resolveModel({ ANTHROPIC_API_KEY: KEY }).choice;
    writeWithSettings('apps/local/sample/selfheal.json', { model, actAtConfidence: null }, target);
    const written = readConfiguration(target);
    expect(written.model).toMatchObject({ provider: 'anthropic' });
    expect(written).toEqual({ ...readConfiguration('apps/local/sample/selfheal.json'), model: written.model });
    expect(readFileSync(target, 'utf8')).not.toContain(KEY);
    rmSync(folder, { recursive: true });
  });
});
