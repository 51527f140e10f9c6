import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfiguration } from '#infra/configuration.ts';
import { readSettings } from '#infra/settings.ts';
import { makeWorkspace } from './assembly.ts';

const ROOT = join(import.meta.dirname, '../../..');
const settingsOf = (context: Record<string, unknown>) => readSettings(new App({ context }).node);

describe('the context of a deployment', () => {
  it('has defaults for everything, with no service and no address', () => {
    const settings = settingsOf({});
    expect(settings.configuration.services).toEqual([]);
    expect(settings.emails).toEqual([]);
    expect(settings.evidenceDays).toBe(90);
    expect(settings.qualityDays).toBe(400);
    expect(settings.bundlesDir).toBe(join(ROOT, 'dist/functions'));
  });

  it('splits addresses at commas, without blanks, empty ones and repetitions', () => {
    const emails = ' on-call@example.com, ,lead@example.com,on-call@example.com';
    expect(settingsOf({ emails }).emails).toEqual(['on-call@example.com', 'lead@example.com']);
  });

  it('names the address that is none', () => {
    expect(() => settingsOf({ emails: 'on-call@example.com,nobody' })).toThrow(/e-mail address.*emails\[1\]/s);
  });

  it('logs from INFO on unless told otherwise, and names a level that is none', () => {
    expect(settingsOf({}).logLevel).toBe('INFO');
    expect(settingsOf({ logLevel: 'DEBUG' }).logLevel).toBe('DEBUG');
    expect(() => settingsOf({ logLevel: 'loud' })).toThrow(/logLevel/);
  });

  it.each(['0', '-1', 'many', '1.5', '4000'])('refuses to keep evidence for %s days', (evidenceDays) => {
    expect(() => settingsOf({ evidenceDays })).toThrow(/evidenceDays/);
  });
});

describe('the configuration of a deployment', () => {
  const made: ReturnType<typeof makeWorkspace>[] = [];
  const workspace = (configuration?: unknown) => {
    const one = makeWorkspace(configuration);
    made.push(one);
    return one;
  };
  afterEach(() => {
    for (const one of made.splice(0)) one.remove();
  });

  it('names the field that does not fit and the file it is in', () => {
    const { folder } = workspace({ version: 1, services: [{ id: 'Checkout', alarms: ['a'] }] });
    expect(() => readConfiguration(join(folder, 'selfheal.json'))).toThrow(/selfheal\.json.*services\[0\]\.id/s);
  });

  it('refuses a field it does not know', () => {
    const { folder } = workspace({ version: 1, autopilot: true });
    expect(() => readConfiguration(join(folder, 'selfheal.json'))).toThrow(/autopilot/);
  });

  it.each([
    [
      'ai',
      { ai: { model: 'gpt-x', temperature: 0.7 } },
      'ai.model is model.modelId here, and ai.temperature is model.temperature',
    ],
    ['app', { app: { name: 'healer', debug: true } }, 'LOG_LEVEL=DEBUG logs more'],
  ])('[D192] says where the settings of a section %s of another config.json are', (_section, content, where) => {
    const { folder } = workspace({ version: 1, ...content });
    expect(() => readConfiguration(join(folder, 'selfheal.json'))).toThrow(where);
  });

  it('says that the file is not JSON', () => {
    const { folder } = workspace();
    writeFileSync(join(folder, 'selfheal.json'), '{"version": 1,');
    expect(() => readConfiguration(join(folder, 'selfheal.json'))).toThrow(/is not JSON/);
  });

  it('says how to name another file when there is none', () => {
    const elsewhere = 'Name another file with --config FILE (with cdk: --context config=FILE).';
    expect(() => readConfiguration('/nowhere/selfheal.json')).toThrow(`no such file. ${elsewhere}`);
    expect(() => readConfiguration(import.meta.dirname)).toThrow(`it is a folder. ${elsewhere}`);
  });

  it.each(['selfheal.json', 'selfheal.example.json'])('accepts config/%s', (name) => {
    expect(readConfiguration(join(ROOT, 'config', name)).version).toBe(1);
  });

  it('must be the one that the bundles were built with', () => {
    const { bundles, makeApp } = workspace();
    writeFileSync(join(bundles, 'plan/selfheal.json'), '{"version":1,"policy":{"maxActionsPerHour":1}}');
    expect(() => makeApp()).toThrow(/plan was built with another configuration/);
  });

  it('needs bundles at all', () => {
    expect(() => workspace().makeApp({ bundles: '/nowhere' })).toThrow(
      /does not contain the bundle of the function .*npm run build/,
    );
  });

  it('touches nothing by default', () => {
    const { services, github, model } = readConfiguration(join(ROOT, 'config/selfheal.json'));
    expect({ services, mode: github.defaultMode, repositories: github.repositories, model }).toEqual({
      services: [],
      mode: 'suggest',
      repositories: [],
      model: { provider: 'rules' },
    });
  });
});
