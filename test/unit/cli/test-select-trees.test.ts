import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aGitRepository } from './git-repository.ts';
import { aFile, runCommand } from './run-command.ts';

/** What is selected when one file of a tree changes: the mode, and the files of tests in alphabetical order. */
async function selectedFor(files: Record<string, string>, changed: string, text = '// changed\n'): Promise<string[]> {
  const { folder, write } = aGitRepository(files);
  write({ [changed]: text });
  const args = ['test', 'select', folder, '--base', 'main', '--sample', '0', '--state', join(folder, '../none')];
  const { stdout } = await runCommand([...args, '--json']);
  const { mode, run } = JSON.parse(stdout.toString()) as { mode: string; run: { file: string }[] };
  return [mode, ...run.map(({ file }) => file).toSorted()];
}

describe('selfheal test select in trees of other kinds', () => {
  const ALIASES = {
    'package.json': '{"name":"web","dependencies":{"money":"1.0.0","@shop/money":"1.0.0"}}',
    'vite.config.ts': "export default { resolve: { alias: { '@': '/src', components: '/src/components' } } };\n",
    'jsconfig.json': '{"compilerOptions":{"paths":{"$lib/*":["src/lib/*"]}}}',
    'src/lib/money.ts': 'export const money = 1;\n',
    'src/components/button.vue': "<script setup>import { money } from '$lib/money'</script>\n",
    'test/money.test.ts': "import { money } from '@/lib/money';\n",
    'test/button.test.ts': "import Button from 'components/button.vue';\n",
    'test/package.test.ts': "import { money } from 'money/lib';\nimport { rate } from '@shop/money';\n",
  };

  it.each([
    ['src/lib/money.ts', ['test/button.test.ts', 'test/money.test.ts']],
    ['src/components/button.vue', ['test/button.test.ts']],
  ])('[B31] follows aliases that only a bundler or a test runner knows: %s', async (changed, expected) => {
    expect(await selectedFor(ALIASES, changed)).toEqual(['selected', ...expected]);
  });

  it('[B31] counts a new file that an import without extension may mean from now on', async () => {
    const files = {
      'src/cart.ts': '',
      'test/cart.test.ts': "import '../src/cart';\n",
      'test/own.test.ts': "import '../src/cart.ts';\n",
    };
    expect(await selectedFor(files, 'src/cart.js')).toEqual(['selected', 'test/cart.test.ts']);
  });

  it.each([
    ['"devDependencies":{"ts-jest":"29.0.0"}', ['a.test.ts']],
    ['"devDependencies":{"jest":"29.0.0"}', []],
  ])('[B31] counts imports of types where tests check types: %s', async (manifest, expected) => {
    const files = {
      'package.json': `{${manifest}}`,
      'shape.ts': 'export interface Shape {}\n',
      'a.test.ts': "import type { Shape } from './shape.ts';\n",
    };
    expect(await selectedFor(files, 'shape.ts')).toEqual(['selected', ...expected]);
  });

  const HELPERS = ['test/environment.js', 'test/hook.mjs', 'test/hooked.mjs', 'test/setup.js'];
  it.each(['test/setup.js', 'test/environment.js', 'test/hooked.mjs'])(
    'runs everything when a file changes that package.json makes the runner load: %s',
    async (changed) => {
      const files = {
        'package.json': JSON.stringify({
          scripts: { test: 'node --test --import ./test/hook.mjs' },
          jest: { setupFilesAfterEnv: ['<rootDir>/test/setup.js'], testEnvironment: './test/environment.js' },
        }),
        'test/setup.js': '',
        'test/environment.js': '',
        'test/hook.mjs': "import './hooked.mjs';\n",
        'test/hooked.mjs': '',
        'test/a.test.js': '',
      };
      // `node --test` takes every file below `test`.
      expect(await selectedFor(files, changed)).toEqual(['full', 'test/a.test.js', ...HELPERS]);
    },
  );

  it('runs everything when a file changes that the settings of Mocha name', async () => {
    const files = { '.mocharc.yml': 'require: ./test/init.js\n', 'test/init.js': '', 'test/a.spec.js': '' };
    expect(await selectedFor(files, 'test/init.js')).toEqual(['full', 'test/a.spec.js']);
  });

  it('counts a source that a configuration imports, not what that one names', async () => {
    const files = {
      'vitest.config.ts': "import { remove } from './tools/remove.ts';\nexport default { plugins: [remove()] };\n",
      'tools/remove.ts': "export const remove = () => ({ from: 'src/cart.ts' });\n",
      'src/cart.ts': '',
      'test/cart.test.ts': "import '../src/cart.ts';\n",
      'test/own.test.ts': '',
    };
    expect(await selectedFor(files, 'tools/remove.ts')).toEqual(['full', 'test/cart.test.ts', 'test/own.test.ts']);
    expect(await selectedFor(files, 'src/cart.ts')).toEqual(['selected', 'test/cart.test.ts']);
  });

  const GO = {
    'go/go.mod': 'module example.com/shop\n\ngo 1.22\n',
    'go/shop.go': 'package shop\n',
    'go/cart/cart.go': 'package cart\n',
    'go/vendor/github.com/money/round/round.go': 'package round\n',
    'go/api/api_test.go': 'package api\n\nimport (\n\t"example.com/shop"\n\tc "example.com/shop/cart"\n)\n',
    'go/rates/rates_test.go': 'package rates\n\nimport "github.com/money/round"\n',
    'go/plain/plain_test.go': 'package plain\n',
  };

  it.each([
    ['go/shop.go', ['go/api/api_test.go']],
    ['go/cart/cart.go', ['go/api/api_test.go']],
    ['go/vendor/github.com/money/round/round.go', ['go/rates/rates_test.go']],
  ])('[B31] resolves imports of Go by the module below a folder, and vendored ones: %s', async (changed, expected) => {
    expect(await selectedFor(GO, changed, 'package x\n')).toEqual(['selected', ...expected]);
  });

  const PYTHON = {
    'src/shop/__init__.py': '',
    'src/shop/tool/__main__.py': 'from shop.rates import RATE\n',
    'src/shop/rates.py': 'RATE = 1\n',
    'src/shop/plugins/__init__.py':
      'import importlib\nimport pkgutil\nfor m in pkgutil.iter_modules(__path__):\n    importlib.import_module(f"{__name__}.{m.name}")\n',
    'src/shop/plugins/mail.py': '',
    'tests/test_tool.py': 'import subprocess, sys\nsubprocess.run([sys.executable, "-m", "shop.tool"])\n',
    'tests/test_plugins.py': 'import shop.plugins\n',
    'tests/test_plain.py': '',
  };

  it.each([
    ['src/shop/rates.py', ['tests/test_tool.py']],
    ['src/shop/plugins/mail.py', ['tests/test_plugins.py']],
  ])(
    '[B31] sees modules that Python runs with -m, and those that a package lists itself: %s',
    async (changed, expected) => {
      expect(await selectedFor(PYTHON, changed, 'x = 1\n')).toEqual(['selected', ...expected]);
    },
  );

  it('[B101] runs everything where no file is named like a test', async () => {
    const { folder, commit } = aGitRepository({ 'cart.js': '', 'test/cart.js': '' });
    commit({ 'cart.js': '// changed\n' });
    const outputs = aFile('', 'outputs');
    const args = ['test', 'select', folder, '--base', 'main', '--format', 'jest'];
    const { stdout, stderr } = await runCommand(args, '', undefined, { GITHUB_OUTPUT: outputs });
    expect(stderr).toContain('mode: full. No file is named like a file of tests, so none can be chosen.');
    expect(stdout.toString()).toBe('.\n');
    expect(readFileSync(outputs, 'utf8')).toContain('\nrun=1\n');
  });

  it('[B36] counts for a runner only the files of tests that it takes, and gives it no path that looks like an option', async () => {
    const { folder, commit } = aGitRepository({ '-a.ts': '', '-a.test.ts': "import './-a.ts';\n", 'test_b.py': '' });
    commit({ '-a.ts': '// changed\n' });
    const answers: string[] = [];
    for (const format of ['jest', 'vitest', 'list', 'pytest']) {
      const outputs = aFile('', 'outputs');
      const args = ['test', 'select', folder, '--base', 'main', '--sample', '0', '--format', format];
      const { stdout } = await runCommand(args, '', undefined, { GITHUB_OUTPUT: outputs });
      answers.push(`${stdout.toString().trim()} ${/^run=\d+$/m.exec(readFileSync(outputs, 'utf8'))?.[0]}`);
    }
    expect(answers).toEqual(["'[-]a\\.test\\.ts$' run=1", './-a.test.ts run=1', './-a.test.ts run=1', ' run=0']);
  });
});
