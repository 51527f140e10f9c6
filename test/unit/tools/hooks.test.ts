import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-hooks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Git as on a machine without settings of its own. */
function git(...args: readonly string[]) {
  const identity = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...identity };
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

it('[D240] [D243] checks format, lint, types and unused code with one command, and a git hook refuses what is not formatted', () => {
  const tools = {
    'check:format': 'biome check --error-on-warnings .',
    'check:types': ['.', 'tsconfig.browser.json', 'apps/dashboard']
      .map(
        (project, at) =>
          `npm run -s types -- -p ${project} --tsBuildInfoFile node_modules/.cache/types/${['all', 'guide', 'dashboard'][at]}`,
      )
      .join(' && '),
    types: 'node node_modules/typescript-native/bin/tsc --incremental --singleThreaded',
    'check:boundaries': 'node tools/check-boundaries.ts',
    'check:unused': 'knip',
  };
  expect(scripts.check?.split(' && ')).toEqual([
    ...Object.keys(tools)
      .filter((name) => name.startsWith('check:'))
      .map((name) => `npm run ${name}`),
    'npm test',
  ]);
  expect(scripts).toMatchObject(tools);
  git('init', '-q', '-b', 'main');
  for (const file of ['biome.json', '.gitignore', '.githooks'])
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const [command, ...args] = (scripts.hooks ?? '').split(' ');
  expect(command).toBe('git');
  expect(git(...args).status).toBe(0);

  writeFileSync(join(folder, 'one.ts'), 'export const one = "1"\n');
  git('add', 'one.ts', 'biome.json', '.gitignore');
  const refused = git('commit', '-q', '-m', 'one');
  expect(refused).toMatchObject({ status: 1, output: expect.stringContaining('one.ts') });

  writeFileSync(join(folder, 'one.ts'), "export const one = '1';\n");
  git('add', 'one.ts');
  expect(git('commit', '-q', '-m', 'one')).toMatchObject({ status: 0 });
  expect(git('log', '--oneline').output).toMatch(/ one\n$/);
});
