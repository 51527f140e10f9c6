import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCoverage } from '#lab/simulations/mutants/coverage.ts';
import { dataMutationsOf, mutated, mutationsOf, wordMutationsOf } from '#lab/simulations/mutants/mutations.ts';
import { declaredTests, rowsIn, suiteOf } from '#lab/simulations/mutants/row-tests.ts';
import { copyRepository } from '#lab/simulations/mutants/suite.ts';
import { aGitRepository } from '../cli/git-repository.ts';
import { aFolder } from '../cli/run-command.ts';

describe('mutations', () => {
  it('change one place each, by the usual operators, and leave types, imports and names alone', () => {
    const text = [
      "import { a } from './a.ts';",
      "type Kind = 'x' | 1;",
      "const NAMES = { 'a-b': [a] };",
      'export function price(n: number): number {',
      '  if (n >= 2 && !a) return n + 1;',
      '  a.log(true);',
      '}',
    ].join('\n');
    const changed = mutationsOf('price.ts', text).map((one) => [
      one.operator,
      one.line,
      mutated(text, one).split('\n')[one.line - 1],
    ]);
    expect(changed).toEqual([
      ['list emptied', 3, "const NAMES = { 'a-b': [] };"],
      ['condition negated', 5, '  if (!(n >= 2 && !a)) return n + 1;'],
      ['operator swapped', 5, '  if (n >= 2 || !a) return n + 1;'],
      ['operator swapped', 5, '  if (n > 2 && !a) return n + 1;'],
      ['off by one', 5, '  if (n >= (2 + 1) && !a) return n + 1;'],
      ['negation removed', 5, '  if (n >= 2 && a) return n + 1;'],
      ['nothing returned', 5, '  if (n >= 2 && !a) return undefined;'],
      ['operator swapped', 5, '  if (n >= 2 && !a) return n - 1;'],
      ['off by one', 5, '  if (n >= 2 && !a) return n + (1 + 1);'],
      ['statement removed', 6, '  ;'],
      ['boolean flipped', 6, '  a.log(false);'],
    ]);
  });

  it('change values of JSON and YAML, and no keys', () => {
    const json = '{"a-1": {"b": 2, "c": [true, "x"]}}';
    expect(dataMutationsOf(json).map((one) => mutated(json, one))).toEqual([
      '{"a-1": {"b": 3, "c": [true, "x"]}}',
      '{"a-1": {"b": 2, "c": [false, "x"]}}',
      '{"a-1": {"b": 2, "c": [true, "mutant"]}}',
    ]);
    const yaml = "retries: 3\nlist:\n  - 'a'\n";
    expect(dataMutationsOf(yaml).map(({ line }) => line)).toEqual([1, 3]);
  });

  it('change words of a document that a row has, most of all where it has most of them', () => {
    const wanted = new Set(['trivy', 'grype', 'scan']);
    const text = '# Scans\n\nTrivy scans the image, Grype too.\n';
    const found = wordMutationsOf('docs/scans.md', text, wanted);
    expect(wordMutationsOf('ci.yml', '# scans\n- name: Scans\n  run: scans\n', wanted).map(({ line }) => line)).toEqual(
      [3],
    );
    expect(found.map((one) => [one.line, one.weight, mutated(text, one).split('\n')[one.line - 1]])).toEqual([
      [1, 1, '# mutant'],
      [3, 3, 'mutant scans the image, Grype too.'],
      [3, 3, 'Trivy mutant the image, Grype too.'],
      [3, 3, 'Trivy scans the image, mutant too.'],
    ]);
  });
});

/** A script as Vitest wraps it, with a map that gives every line its own. */
const inline = (text: string): string => {
  const mappings = text.split('\n').map((_, at) => (at === 0 ? 'AAAA' : 'AACA'));
  const map = JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: mappings.join(';') });
  return `${text}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n\n}}`;
};

describe('the coverage of a suite', () => {
  const ONE = 'test/one.test.ts';
  const TWO = 'test/two.test.ts';

  function aCoverage() {
    const folder = aFolder();
    for (const name of ['files', 'sources', 'children']) mkdirSync(join(folder, name));
    const text = 'const loaded = 1;\nfunction f() { return 2; }\nfunction g() { return 3; }';
    writeFileSync(join(folder, 'sources', 'src+a.ts'), inline(text));
    const inF = [text.indexOf('function f'), text.indexOf('\nfunction g'), 1];
    const put = (test: string, probed: object): void =>
      writeFileSync(join(folder, 'files', `${test.replaceAll('/', '+')}.json`), JSON.stringify({ test, ...probed }));
    const uncalled = [{ ranges: [[inF[0], inF[1], 0]] }, { ranges: [[text.indexOf('function g'), text.length, 0]] }];
    put(ONE, {
      modules: [ONE, 'src/a.ts'],
      scripts: [{ path: 'src/a.ts', loading: true, functions: [{ ranges: [[0, text.length + 1, 1]] }, ...uncalled] }],
      reads: [['data/rates.json', 'src/rates.ts']],
    });
    put(TWO, {
      modules: [TWO, 'src/a.ts', 'src/rates.ts'],
      scripts: [
        { path: 'src/a.ts', loading: false, functions: [{ ranges: [[0, text.length + 1, 0]] }, { ranges: [inF] }] },
      ],
      reads: [],
    });
    return readCoverage(folder, '/nowhere');
  }

  it('tells which files of tests run a line; what a shared module runs while it is loaded counts for all that import it', () => {
    const coverage = aCoverage();
    expect(coverage.runningLine('src/a.ts', 1)).toEqual([ONE, TWO]);
    expect(coverage.runningLine('src/a.ts', 2)).toEqual([TWO]);
    expect(coverage.runningLine('src/a.ts', 3)).toEqual([]);
  });

  it('tells which read a file, themselves or by a module that they import', () => {
    const coverage = aCoverage();
    expect(coverage.touching('data/rates.json')).toEqual([ONE, TWO]);
    expect(coverage.touching('src/rates.ts')).toEqual([TWO]);
    expect([...(coverage.ran.get(TWO) ?? [])]).toContain('src/a.ts');
  });
});

describe('the copy of a repository', () => {
  it('holds the commit again after a run that was killed with a mutant in place', () => {
    const { folder, git } = aGitRepository({
      'a.ts': 'one\n',
      'packages/p/package.json': '{}',
      '.gitignore': 'node_modules/\n',
    });
    mkdirSync(join(folder, 'node_modules', 'dep'), { recursive: true });
    const copy = join(aFolder(), 'copy');
    const commit = git('rev-parse', 'HEAD');
    copyRepository(folder, commit, copy);
    writeFileSync(join(copy, 'a.ts'), 'mutant\n');
    copyRepository(folder, commit, copy);
    expect(readFileSync(join(copy, 'a.ts'), 'utf8')).toBe('one\n');
    expect(execFileSync('git', ['-C', copy, 'status', '--porcelain'], { encoding: 'utf8' })).toBe('');
    expect(
      existsSync(join(copy, 'node_modules', 'dep')) && existsSync(join(copy, 'node_modules', '@selfheal', 'p')),
    ).toBe(true);
  });
});

describe('the tests that a file declares', () => {
  it('have the names of their groups, and a pattern that fits each case of a table', () => {
    const text = [
      "describe('the price', () => {",
      "  it('[A1][B2] is (net) * 1.19', () => {});",
      "  it.each([1, 2])('[C3] costs %i', (n) => {});",
      `  describe.each(KINDS)(\`of \${kind}\`, () => {`,
      "    test.skipIf(true)('[A1] is low', async () => expect(it('x')).toBe(1));",
      '  });',
      '});',
    ].join('\n');
    const tests = declaredTests('test/unit/price.test.ts', text);
    expect(tests.map(({ name }) => name)).toEqual([
      'the price [A1][B2] is (net) * 1.19',
      'the price [C3] costs %i',
      'the price of * [A1] is low',
    ]);
    expect(tests.map(({ name }) => rowsIn(name))).toEqual([['A1', 'B2'], ['C3'], ['A1']]);
    const [plain, table, inner] = tests.map(({ pattern }) => new RegExp(pattern, 'u'));
    expect(plain?.test('the price > [A1][B2] is (net) * 1.19')).toBe(true);
    expect([table?.test('the price > [C3] costs 2'), table?.test('the price > [C3] costs 2 more')]).toEqual([
      true,
      true,
    ]);
    expect([inner?.test('the price > of cars > [A1] is low'), inner?.test('the price > [A1] is low')]).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    ['test/unit/a.test.ts', 'fast'],
    ['packages/fake-server/test/a.test.ts', 'fast'],
    ['test/e2e/healing.test.ts', 'slow'],
    ['test/e2e/policy.test.ts', 'slow'],
    ['test/unit/a.slow.test.ts', 'slow'],
    ['test/browser/pages.test.ts', 'browser'],
  ])('%s is in the suite %s', (file, suite) => {
    expect(suiteOf(file)).toBe(suite);
  });
});
