import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOwnMappings } from '#shared/adapters/aws/own-mappings.ts';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';

const mapping = (change: object = {}) => ({
  id: 'backup-runner',
  title: 'Our backups',
  schemes: ['bearer'],
  requires: ['/id'],
  fields: { id: '/id', state: { from: '/result', values: { error: 'firing' } }, title: '/id' },
  examples: [
    {
      name: 'one that failed',
      body: { id: 'orders-db', result: 'error' },
      expect: { state: 'firing', severity: 'medium', service: null, title: 'orders-db' },
    },
  ],
  ...change,
});
const problemsOf = (...mappings: readonly object[]) =>
  (configurationWith(PLUGINS).safeParse({ version: 1, mappings }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('mappings in the configuration', () => {
  it('are accepted when their examples are read as they say', () => {
    expect(problemsOf(mapping())).toEqual([]);
  });

  it.each(['alertmanager', 'generic', 'codepipeline'])(
    'are refused under the id %s, which another source has',
    (id) => {
      expect(problemsOf(mapping({ id }))).toEqual([
        `mappings.0.id: there is a source ${id} already: choose another id`,
      ]);
    },
  );

  it('are refused when two have one id', () => {
    expect(problemsOf(mapping(), mapping())).toEqual([
      'mappings.1.id: there is a source backup-runner already: choose another id',
    ]);
  });

  it('are refused with the example that is read otherwise', () => {
    const [problem = ''] = problemsOf(mapping({ fields: { ...mapping().fields, title: { constant: 'Else' } } }));
    expect(problem).toMatch(/^mappings\.0\.examples\.0: one that failed: expected .* and found .*"title":"Else"/);
  });
});

describe('the mappings that the receiver reads', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mappings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const load = (content: string) => {
    writeFileSync(join(folder, 'selfheal.json'), content);
    return loadOwnMappings({ LAMBDA_TASK_ROOT: folder });
  };

  it('are those of the file beside the bundle; none is fine', () => {
    expect(load(JSON.stringify({ version: 1, mappings: [mapping()] })).map(({ id }) => id)).toEqual(['backup-runner']);
    expect(load('{"version":1}')).toEqual([]);
  });

  it('are refused by name when the file is damaged', () => {
    expect(() => load('{')).toThrow('selfheal.json cannot be read as JSON: deploy the stack again.');
    expect(() => load('{"mappings":[{"id":"x"}]}')).toThrow(/The mappings in .*selfheal\.json are not valid/);
  });
});
