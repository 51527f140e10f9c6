import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { registered } from '@selfheal/kernel/plugin.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AWS_EVENT_SOURCES } from '#shared/domain/incident/aws-resource.ts';
import { PLUGINS } from '#shared/plugins/plugins.ts';
import { EVENT_SOURCES, WEBHOOK_SOURCES } from '#shared/plugins/sources/registry.ts';
import { checkPlugins } from '../../../tools/check-plugins.ts';
import { listPlugins, PLUGINS_PAGE } from '../../../tools/list-plugins.ts';

const ROOT = join(import.meta.dirname, '../../..');

it('has every plug-in folder in its registry, under the name of the folder', async () => {
  expect(await checkPlugins(ROOT)).toEqual([]);
});

it('splits the sources by the way they come in', () => {
  expect(WEBHOOK_SOURCES.map(({ id }) => id)).toEqual(['github']);
  expect(EVENT_SOURCES.map(({ id }) => id)).toEqual(['cloudwatch', ...AWS_EVENT_SOURCES]);
});

it('has every plug-in in the user guide: `npm run plugins` writes the page', () => {
  expect(readFileSync(join(ROOT, PLUGINS_PAGE), 'utf8')).toBe(listPlugins(PLUGINS));
});

it('refuses two plug-ins of one id, by name', () => {
  const twice = [{ id: 'slack' }, { id: 'email' }, { id: 'slack' }];
  expect(() => registered('notifiers', twice)).toThrow('Two notifiers have the id slack');
  expect(registered('notifiers', twice.slice(1))).toEqual(twice.slice(1));
});

describe('a tree of plug-ins', () => {
  let tree: string;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  };

  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), 'plugins-'));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    cpSync(join(ROOT, 'package.json'), join(tree, 'package.json'));
    write('shared/plugins/sources/registry.ts', 'export const SOURCES = [];');
    write('shared/plugins/hosts/registry.ts', 'export const HOSTS = [];');
    write('packages/reports/src/formats/registry.ts', 'export const REPORT_FORMATS = [];');
    write('shared/plugins/llm/registry.ts', 'export const MODEL_PROVIDERS = [];');
    write('shared/plugins/notifiers/registry.ts', 'export const NOTIFIERS = [];');
    write('shared/plugins/notifiers/common/words.ts', 'export const words = 1;');
    write('shared/plugins/actions/restart/index.ts', "export const restart = { id: 'restart' };");
  });
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  const registry = (imports: string, line: string) =>
    write('shared/plugins/actions/registry.ts', `${imports}\nexport const ACTIONS = [${line}];`);

  it('is accepted when folders and registries agree', async () => {
    registry("import { restart } from './restart/index.ts';", 'restart');
    expect(await checkPlugins(tree)).toEqual([]);
  });

  it('is refused for a folder that no registry names', async () => {
    registry('', '');
    expect(await checkPlugins(tree)).toEqual([
      'shared/plugins/actions/restart is not in the registry: add it to ACTIONS.',
    ]);
  });

  it('is refused for a plug-in that is called otherwise than its folder', async () => {
    registry("import { restart } from './restart/index.ts';", "{ ...restart, id: 'reboot' }");
    expect(await checkPlugins(tree)).toEqual([
      'shared/plugins/actions/restart is not in the registry: add it to ACTIONS.',
      'ACTIONS lists reboot, but there is no folder shared/plugins/actions/reboot. Add the folder or remove the entry.',
    ]);
  });

  it('does not load with a line that has no folder, and says which', async () => {
    registry("import { reboot } from './reboot/index.ts';", 'reboot');
    await expect(checkPlugins(tree)).rejects.toThrow(/reboot/);
  });
});
