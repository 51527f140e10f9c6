import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aGitRepository } from './git-repository.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';

const SHOP = {
  'package.json': '{"name":"shop","imports":{"#lib/*":"./lib/*"}}',
  'src/cart.ts': "import { round } from '#lib/money.ts';\nexport const total = () => round(1);\n",
  'lib/money.ts': 'export const round = (x: number) => Math.round(x);\n',
  'src/types.ts': 'export interface Shape {}\n',
  'src/draw.ts': "import type { Shape } from './types.ts';\nexport const draw = (shape: Shape) => shape;\n",
  'src/handlers/mail.ts': 'export default 1;\n',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a fixture
  'src/run.ts': 'export const run = (kind: string) => import(`./handlers/${kind}.ts`);\n',
  'src/rates.ts':
    "import { readFileSync } from 'node:fs';\nexport const rates = () => readFileSync('data/rates.json');\n",
  'data/rates.json': '{}',
  'test/cart.test.ts': "import { total } from '../src/cart.ts';\n",
  'test/draw.test.ts': "import { draw } from '../src/draw.ts';\n",
  'test/run.test.ts': "import { run } from '../src/run.ts';\n",
  'test/rates.test.ts': "import { rates } from '../src/rates.ts';\n",
  'test/cases.test.ts':
    "import { join } from 'node:path';\nconst at = (n: string) => join(import.meta.dirname, 'cases', n);\n",
  'test/cases/a.json': '{}',
  'test/plain.test.ts': 'export {};\n',
  'py/shop/__init__.py': '',
  'py/shop/tax.py': 'from .rates import (\n    RATE,  # percent\n)\n',
  'py/shop/rates.py': 'RATE = 1\n',
  'py/shop/other.py': '',
  'py/tests/conftest.py': '',
  'py/tests/test_tax.py': 'from shop.tax import RATE\n',
  'py/tests/test_late.py': 'import importlib\nm = importlib.import_module("shop.other")\n',
  'go.mod': 'module example.com/shop\n',
  'pkg/a/a.go': 'package a\n',
  'pkg/a/a_test.go': 'package a\n',
  'pkg/b/b.go': 'package b\nimport "example.com/shop/pkg/a"\n',
  'pkg/b/b_test.go': 'package b\n',
  'java/src/Cart.java': 'class Cart {}\n',
  'java/test/CartTest.java': 'class CartTest {}\n',
  'README.md': '# Shop\n',
};

async function select(folder: string, args: string[] = [], environment: Record<string, string> = {}) {
  const result = await runCommand(
    [
      'test',
      'select',
      folder,
      '--base',
      'main',
      '--sample',
      '0',
      '--state',
      join(folder, '../none'),
      '--json',
      ...args,
    ],
    '',
    undefined,
    environment,
  );
  const text = result.stdout.toString();
  if (result.code !== 0)
    return { ...result, mode: '', reason: '', run: [] as string[], skipped: [] as string[], args: '' };
  const { mode, reason, run, skipped, arguments: words } = JSON.parse(text);
  return { ...result, mode, reason, run: run.map(({ file }: { file: string }) => file), skipped, args: words };
}

describe('selfheal test select', () => {
  it('[B31] does not take its own state and output in the checkout for a change', async () => {
    const { folder, write } = aGitRepository(SHOP);
    write({
      'lib/money.ts': 'export const round = 1;\n',
      'ci_metrics/test-history/ab.json': '{}',
      'selection.json': '{}',
    });
    const own = ['--state', join(folder, 'ci_metrics'), '--out', join(folder, 'selection.json')];
    expect(await select(folder, own)).toMatchObject({ mode: 'selected', run: ['test/cart.test.ts'] });
    write({ 'ci_metrics.json': '{}' });
    expect(await select(folder, own)).toMatchObject({
      mode: 'full',
      reason: expect.stringContaining('ci_metrics.json'),
    });
  });

  it('[B30] [B31] runs what depends on a changed file: by alias, by a computed name, as data, in a package, by its name', async () => {
    const expected: Record<string, string[]> = {
      'lib/money.ts': ['test/cart.test.ts'],
      'src/types.ts': [],
      'src/handlers/mail.ts': ['test/run.test.ts'],
      'data/rates.json': ['test/rates.test.ts'],
      'test/cases/a.json': ['test/cases.test.ts'],
      'test/plain.test.ts': ['test/plain.test.ts'],
      'py/shop/rates.py': ['py/tests/test_tax.py'],
      'py/shop/other.py': ['py/tests/test_late.py'],
      'py/shop/__init__.py': ['py/tests/test_late.py', 'py/tests/test_tax.py'],
      'py/tests/conftest.py': ['py/tests/test_late.py', 'py/tests/test_tax.py'],
      'pkg/a/a.go': ['pkg/a/a_test.go', 'pkg/b/b_test.go'],
      'java/src/Cart.java': ['java/test/CartTest.java'],
      'README.md': [],
    };
    const { folder, git, write } = aGitRepository(SHOP);
    const found: Record<string, string[]> = {};
    for (const path of Object.keys(expected)) {
      write({ [path]: `${SHOP[path as keyof typeof SHOP]}\n` });
      const { mode, run, skipped } = await select(folder);
      expect([mode, run.length + skipped.length]).toEqual(['selected', 11]);
      found[path] = run.toSorted();
      git('checkout', '--quiet', '.');
    }
    expect(found).toEqual(expected);
  });

  it('[B31] runs what imports a Python module whose last name is computed', async () => {
    const { folder, commit } = aGitRepository({
      'shop/kinds/__init__.py': '',
      'shop/kinds/cash.py': '',
      'tests/test_kinds.py': 'import importlib\nmake = lambda kind: importlib.import_module(f"shop.kinds.{kind}")\n',
      'tests/test_other.py': 'import shop\n',
    });
    commit({ 'shop/kinds/cash.py': 'WORTH = 1\n' });
    expect((await select(folder)).run).toEqual(['tests/test_kinds.py']);
  });

  it('[B30] sees deleted and renamed files, and files that are not committed', async () => {
    const { folder, git, commit, write } = aGitRepository(SHOP);
    git('mv', 'lib/money.ts', 'lib/cash.ts');
    commit({});
    expect((await select(folder)).run).toEqual(['test/cart.test.ts']);
    write({ 'test/new.test.ts': '', 'src/draw.ts': 'export const draw = 1;\n' });
    expect((await select(folder)).run.toSorted()).toEqual([
      'test/cart.test.ts',
      'test/draw.test.ts',
      'test/new.test.ts',
    ]);
  });

  it.each([
    ['.github/workflows/ci.yml', 'on: push\n'],
    ['requirements.txt', 'flask\n'],
    ['package-lock.json', '{}'],
    ['vitest.config.ts', 'export default {};\n'],
    ['services/api/Dockerfile', 'FROM node\n'],
  ])('[B33] [B36] runs everything when %s changes, and says why', async (path, text) => {
    const { folder, commit } = aGitRepository(SHOP);
    commit({ [path]: text });
    const { mode, reason, run } = await select(folder);
    expect([mode, reason, run.length]).toEqual(['full', `${path} changed, which every test may depend on.`, 11]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a file of an unknown kind', { 'models/net.xyz': '' }, /a kind of file whose tests are not known/],
    ['data that nothing names', { 'conf/prices.yaml': '' }, /which no file names/],
    ['a language without a test of that name', { 'rust/lib.rs': '' }, /no test has its name or folder/],
    ['a name with a quote', { "src/it's.ts": '' }, /has a name that no test can be traced by/],
    ['a name with a line break', { 'src/a\nb.ts': '' }, /has a name that no test can be traced by/],
  ])('[B36] runs everything for %s', async (_, files, reason) => {
    const { folder, commit } = aGitRepository(SHOP);
    commit(files);
    expect(await select(folder)).toMatchObject({ mode: 'full', reason: expect.stringMatching(reason) });
  });

  it('runs everything when a file that the runner loads before every test changes', async () => {
    const config = { 'vitest.config.ts': "export default { test: { setupFiles: ['./test/setup.ts'] } };\n" };
    const set = { 'test/setup.ts': "import './clock.ts';\n", 'test/clock.ts': '' };
    const { folder, commit } = aGitRepository({ ...SHOP, ...config, ...set });
    commit({ 'test/clock.ts': 'export {};\n' });
    expect((await select(folder)).reason).toBe(
      'test/clock.ts changed, which vitest.config.ts loads before every test.',
    );
  });

  it('[B32] [B35] runs everything above the threshold of changed files', async () => {
    const { folder, commit } = aGitRepository(SHOP);
    commit(Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`docs/${at}.md`, ''])));
    expect((await select(folder)).reason).toBe('21 files changed, more than 20 (TEST_SELECTION_THRESHOLD).');
    expect(await select(folder, [], { TEST_SELECTION_THRESHOLD: '21' })).toMatchObject({ mode: 'selected', run: [] });
    expect((await select(folder, ['--threshold', '5'])).mode).toBe('full');
    const wrong = await select(folder, [], { TEST_SELECTION_THRESHOLD: 'many' });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('TEST_SELECTION_THRESHOLD is "many"')]);
  });

  it('[B34] runs everything when it is switched off', async () => {
    const { folder, commit } = aGitRepository(SHOP);
    commit({ 'README.md': 'x' });
    expect(await select(folder, [], { TEST_SELECTION_ENABLED: 'false' })).toMatchObject({
      mode: 'full',
      reason: 'Test selection is switched off (TEST_SELECTION_ENABLED).',
    });
    expect((await select(folder, [], { TEST_SELECTION_ENABLED: 'yes' })).code).toBe(2);
  });

  it('[B101] says why the full suite runs where Git cannot tell what changed', async () => {
    const { folder, git, commit, link } = aGitRepository(SHOP);
    commit({ 'src/cart.ts': '' });
    const clone = join(aFolder(), 'clone');
    git('clone', '--quiet', '--depth', '1', '--branch', 'work', `file://${folder}`, clone);
    expect((await select(clone)).reason).toContain('The clone is shallow: check out with fetch-depth: 0');
    expect((await select(folder, ['--base', 'gone'])).reason).toBe(
      'The base "gone" is not here: it was deleted, or not fetched.',
    );
    expect((await select(folder, ['--base=--output=x'])).reason).toContain('is not here');
    const empty = aFolder();
    git('init', '--quiet', empty);
    expect((await select(empty)).reason).toBe('There is no Git repository with a commit here.');
    link('src/link.ts', 'cart.ts');
    git('add', '--all');
    expect((await select(folder)).reason).toBe('The link "src/link.ts" changed.');
    git('reset', '--quiet', '--hard');
    git('checkout', '--quiet', '--orphan', 'alone');
    commit({});
    expect((await select(folder)).reason).toContain('no common ancestor');
  });

  it('is refused outside of a repository, where nothing could be chosen or run', async () => {
    const folder = aFolder();
    expect(await runCommand(['test', 'select', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${folder}: git finds no repository here`),
    });
  });

  it('[B101] runs everything when a submodule moves', async () => {
    const { folder, git, commit } = aGitRepository(SHOP);
    const other = aGitRepository({ 'a.txt': '' });
    git('submodule', 'add', '--quiet', other.folder, 'vendor');
    git('commit', '--quiet', '-m', 'vendor');
    git('branch', '--force', 'main');
    git('-C', join(folder, 'vendor'), 'commit', '--quiet', '--allow-empty', '-m', 'on');
    commit({});
    expect((await select(folder)).reason).toBe('The submodule "vendor" changed.');
  });

  it('[B36] prints mode, reason, what runs and what is skipped, and sets the outputs of the job', async () => {
    const { folder, commit } = aGitRepository({ ...SHOP, 'test/a b$(x).test.ts': "import '../src/cart.ts';\n" });
    commit({ 'lib/money.ts': '' });
    const outputs = aFile('', 'outputs');
    const args = ['test', 'select', folder, '--base', 'main', '--sample', '0', '--format', 'vitest'];
    const { stdout, stderr } = await runCommand(args, '', undefined, { GITHUB_OUTPUT: outputs });
    expect(stdout.toString()).toBe("'test/a b$(x).test.ts' test/cart.test.ts\n");
    expect(stderr).toContain('mode: selected. 2 of 12 files of tests depend on 1 changed file.');
    expect(stderr).toContain('run test/cart.test.ts: depends on lib/money.ts');
    expect(stderr).toContain('skip test/draw.test.ts: depends on nothing that changed');
    const lines = readFileSync(outputs, 'utf8').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['mode=selected', 'run=2', 'skipped=10', 'sampled=0']));
    expect(lines.slice(lines.indexOf('tests<<SELFHEAL"TESTS'))[1]).toBe("'test/a b$(x).test.ts' test/cart.test.ts");
  });

  it.each([
    ['jest', "'test/cart\\.test\\.ts$'"],
    ['go', ''],
    ['list', 'test/cart.test.ts'],
  ])('gives %s its arguments', async (format, expected) => {
    const { folder, commit } = aGitRepository(SHOP);
    commit({ 'lib/money.ts': '' });
    expect((await select(folder, ['--format', format])).args).toBe(expected);
  });

  it('gives pytest and Go files and packages, and everything in the full mode', async () => {
    const { folder, commit } = aGitRepository(SHOP);
    commit({ 'py/shop/rates.py': '', 'pkg/a/a.go': '' });
    expect((await select(folder, ['--format', 'pytest'])).args).toBe('py/tests/test_tax.py');
    expect((await select(folder, ['--format', 'go'])).args).toBe('./pkg/a ./pkg/b');
    commit({ 'go.mod': '' });
    expect((await select(folder, ['--format', 'go'])).args).toBe('./...');
  });

  it('draws the same skipped tests for the same commit', async () => {
    const { folder, commit } = aGitRepository(SHOP);
    commit({ 'README.md': 'x' });
    const first = await select(folder, ['--sample', '0.5']);
    expect(first.run.length).toBeGreaterThan(0);
    expect(first.skipped.length).toBeGreaterThan(0);
    expect((await select(folder, ['--sample', '0.5'])).run).toEqual(first.run);
    expect((await select(folder, ['--sample', '1'])).skipped).toEqual([]);
  });
});

describe('selfheal test record', () => {
  it('[B31] makes coverage show dependencies that no import does', async () => {
    const { folder, commit } = aGitRepository(SHOP);
    const state = aFolder();
    const contexts = (test: string) => ({ contexts: { '1': [''], '2': [`py/tests/${test}::test_it|run`] } });
    const report = { meta: { show_contexts: true }, files: { 'py/shop/other.py': contexts('test_tax.py') } };
    const recorded = await runCommand([
      'test',
      'record',
      folder,
      '--coverage',
      aFile(JSON.stringify(report), 'c.json'),
      '--state',
      state,
    ]);
    expect(recorded.stdout.toString()).toBe('Recorded what 1 file of tests ran; 1 is known by now.\n');
    const istanbul = { [join(folder, 'src/types.ts')]: { path: join(folder, 'src/types.ts'), s: { '0': 2 } } };
    const one = ['--coverage', aFile(JSON.stringify(istanbul), 'coverage-final.json'), '--test', 'test/plain.test.ts'];
    expect((await runCommand(['test', 'record', folder, ...one, '--state', state])).code).toBe(0);
    const lcov = [
      '--coverage',
      aFile('TN:\nSF:src/draw.ts\nDA:1,3\nend_of_record\n', 'lcov.info'),
      '--test',
      'test/plain.test.ts',
    ];
    expect((await runCommand(['test', 'record', folder, ...lcov, '--state', state])).code).toBe(0);
    commit({ 'py/shop/other.py': 'X = 1\n', 'src/draw.ts': '' });
    expect((await select(folder, ['--state', state])).run.toSorted()).toEqual([
      'py/tests/test_late.py',
      'py/tests/test_tax.py',
      'test/draw.test.ts',
      'test/plain.test.ts',
    ]);
  });

  it('measures what selection misses by the drawn tests that fail, with an interval', async () => {
    const { folder, commit } = aGitRepository(SHOP);
    const state = aFolder();
    commit({ 'README.md': 'x' });
    const selection = join(aFolder(), 'selection.json');
    await select(folder, ['--sample', '1', '--out', selection]);
    const junit = (outcome: string) =>
      aFile(
        `<testsuite><testcase classname="cart" name="a" file="test/cart.test.ts">${outcome}</testcase></testsuite>`,
        'junit.xml',
      );
    const record = (run: string, outcome: string) =>
      runCommand([
        'test',
        'record',
        '--selection',
        selection,
        '--report',
        junit(outcome),
        '--state',
        state,
        '--run',
        run,
        '--commit',
        'abcdef1',
      ]);
    expect((await record('1', '')).stdout.toString()).toMatch(/^Selection missed 0 of 11 drawn tests in 1 run: 0\.0 %/);
    expect((await record('2', '<failure/>')).stdout.toString()).toMatch(
      /^Missed: test\/cart\.test\.ts failed, and selection had skipped it\.\nSelection missed 1 of 22 drawn tests in 2 runs: 4\.5 %, 95 % interval 0\.8 % to 21\.8 %\.\n$/,
    );
  });

  it.each<[string, string[], string]>([
    ['nothing to record', [], 'needs --coverage FILE, or --selection FILE'],
    ['coverage without tests', ['--coverage', 'LCOV'], 'this coverage does not name tests'],
    [
      'a test that is not there',
      ['--coverage', 'LCOV', '--test', 'none.test.ts'],
      'this is no file of tests in the repository',
    ],
    [
      'a selection that is none',
      ['--selection', 'LCOV', '--report', 'r', '--run', '1', '--commit', 'abcdef1'],
      'this is no selection',
    ],
  ])('refuses %s', async (_, args, message) => {
    const { folder } = aGitRepository(SHOP);
    const lcov = aFile('TN:\nSF:src/draw.ts\nDA:1,3\nend_of_record\n', 'lcov.info');
    const given = args.map((one) => (one === 'LCOV' ? lcov : one));
    const { code, stderr } = await runCommand(['test', 'record', folder, ...given]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
