import { checkMissingModule, missingModuleIn, moduleAdvice } from '@selfheal/diagnosis/diagnosis/missing-module.ts';
import { describe, expect, it } from 'vitest';
import { CONFIRMED_BY_SOURCE, fixConfidence } from '#shared/domain/triage/fix-confidence.ts';
import { confirmedCauses, failingProjects } from '../../../../lab/eval/checked-causes.ts';

const sourcesOf = (files: Readonly<Record<string, string>>) => ({
  files: Object.keys(files),
  read: async (file: string) => files[file] ?? null,
});
const PYTHON = (module: string) => [
  'Traceback (most recent call last):',
  '  File "/home/runner/work/shop/shop/app/main.py", line 2, in <module>',
  `    from ${module} import total`,
  `ModuleNotFoundError: No module named '${module}'`,
];

describe('a module that cannot be loaded', () => {
  it.each<[string, string[], Record<string, string>, object, RegExp]>([
    [
      'own, misspelled',
      PYTHON('app.total'),
      { 'app/main.py': '\nfrom app.total import total\n', 'app/totals.py': '' },
      { kind: 'own-absent', nearest: 'app/totals.py' },
      /nearest is `app\/totals.py`.*correct the import in `app\/main.py`/,
    ],
    [
      'own, in a folder that is not searched',
      PYTHON('cart'),
      { 'app/main.py': 'from cart import total\n', 'src/cart.py': '' },
      { kind: 'own-present', found: 'src/cart.py' },
      /is there, but Python does not search its folder/,
    ],
    [
      'a package, not declared',
      PYTHON('stripe'),
      { 'app/main.py': 'from stripe import total\n', 'requirements.txt': 'flask\n' },
      { kind: 'package-undeclared', manifest: 'requirements.txt' },
      /`stripe`.*is not declared in `requirements.txt`/,
    ],
    [
      'a package with another name, declared',
      PYTHON('yaml'),
      { 'app/main.py': 'from yaml import total\n', 'requirements.txt': 'PyYAML>=6\n' },
      { kind: 'package-declared' },
      /`pyyaml` is declared in `requirements.txt`, but it is not installed/,
    ],
    [
      'of sources of another state',
      PYTHON('app.total'),
      { 'app/main.py': 'print(1)\n' },
      { kind: 'unchecked' },
      /module of this project, not a package/,
    ],
    ['of another project', PYTHON('stripe'), { 'README.md': '' }, { kind: 'unchecked' }, /`stripe` is a package/],
    [
      'of Node, own',
      ["Cannot find module './total' from 'src/cart.ts'"],
      { 'src/cart.ts': "import './total';", 'src/totals.ts': '' },
      { kind: 'own-absent', nearest: 'src/totals.ts' },
      /nearest is `src\/totals.ts`/,
    ],
    [
      'of Node, scoped package',
      ["Error: Cannot find module '@acme/money/round'", 'Require stack:', '- /srv/src/cart.js'],
      { 'src/cart.js': "require('@acme/money/round')", 'package.json': '{"dependencies":{"@acme/money":"1"}}' },
      { kind: 'package-declared' },
      /`@acme\/money` is declared/,
    ],
  ])('is told apart and advised: %s', async (_name, lines, files, finding, advice) => {
    const missing = missingModuleIn(lines);
    if (missing === null) throw new Error('None was found.');
    const found = await checkMissingModule(missing, sourcesOf(files));
    expect(found).toMatchObject(finding);
    expect(moduleAdvice(missing, found)).toMatch(advice);
  });

  it('is none in a log without one', () => {
    expect(missingModuleIn(['all is well', 'AssertionError: 1 != 2'])).toBeNull();
  });
});

describe('how sure a cause is', () => {
  it('is what was measured where the sources confirm it', async () => {
    expect(await confirmedCauses(failingProjects(CONFIRMED_BY_SOURCE.of))).toEqual(CONFIRMED_BY_SOURCE);
  });

  it('[B14] passes 0.90 by evidence alone: not by the class, by the sources, and by a model only above a sure class', () => {
    expect(fixConfidence(0.899, [])).toBe(0.899);
    expect(fixConfidence(0.6, ['source'])).toBeGreaterThan(0.9);
    expect(fixConfidence(0.87, ['model'])).toBeGreaterThan(0.9);
    expect(fixConfidence(0.7, ['model'])).toBeLessThan(0.9);
    expect(fixConfidence(0.99, ['source', 'model'])).toBeLessThanOrEqual(0.97);
  });
});
