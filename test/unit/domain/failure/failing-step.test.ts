import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures } = await loadSignatures(DATA);
const { model } = await loadFailureModel(DATA);

const answerTo = (text: string) => classify(textEvidence(`${text}\n`), { signatures, model });

const CLOSERS: readonly (readonly [form: string, (command: string) => string])[] = [
  [
    'GitHub Actions',
    (command) =>
      `##[group]Run ${command}\n${command}\n##[endgroup]\npage 7 has no heading\n##[error]Process completed with exit code 1.`,
  ],
  ['GitLab', (command) => `$ ${command}\npage 7 has no heading\nERROR: Job failed: exit code 1`],
  ['Travis CI', (command) => `page 7 has no heading\nThe command "${command}" exited with 2.`],
];

describe('a log that says nothing but which step failed', () => {
  it.each(CLOSERS)('of %s is classified by what the step is for', (_, closed) => {
    expect(answerTo(closed('npm run lint')).class).toBe('lint_violation');
    expect(answerTo(closed('./scripts/run-tests.sh')).class).toBe('test_failure');
    expect(answerTo(closed('npm run build')).class).toBe('compilation_error');
  });

  it.each([
    ['make: *** [Makefile:12: lint] Error 1', 'lint_violation'],
    ['npm error Lifecycle script `test` failed with error:', 'test_failure'],
    ['error: script "build" exited with code 1', 'compilation_error'],
    ['error: Recipe `test` failed on line 12 with exit code 1', 'test_failure'],
    ['nox > Session lint failed.', 'lint_violation'],
  ])('%s names it itself', (line, wanted) => {
    expect(answerTo(`page 7 has no heading\n${line}`).class).toBe(wanted);
  });

  it('yields to any line that names the cause', () => {
    const log =
      '##[group]Run npm test\nnpm test\n##[endgroup]\nwrite failed: No space left on device\n##[error]Process completed with exit code 1.';
    expect(answerTo(log)).toMatchObject({ class: 'resource_exhaustion', signature: 'disk-full' });
  });

  it('says nothing where the step is for something else', () => {
    const log = '##[group]Run ./scripts/greet.sh\n##[endgroup]\nhello\n##[error]Process completed with exit code 1.';
    expect(answerTo(log).signature).toBeNull();
  });
});

describe('what other steps print', () => {
  const SET_UP = [
    '##[group]Run sudo apt-get update && npm install',
    'sudo: unable to resolve host build-7',
    'W: Failed to fetch http://packages.example.org/dists/stable/InRelease  Could not resolve host',
    'curl: (22) The requested URL returned error: 404 Not Found',
    'found 4 vulnerabilities (1 low, 1 moderate, 2 high)',
    ...Array.from({ length: 30 }, (_, at) => `installed package ${at}`),
  ];
  const CLEAN_UP = ['Post job cleanup.', 'rm: cannot remove cache: Permission denied'];
  const failing = (lines: readonly string[]): string =>
    [
      ...SET_UP,
      '##[group]Run npm test',
      ...Array.from({ length: 30 }, (_, at) => `ok ${at + 1} cart adds article ${at}`),
      ...lines,
      '##[error]Process completed with exit code 1.',
      ...CLEAN_UP,
    ].join('\n');

  it.each([
    ['test_failure', ['  1) cart totals', '     AssertionError: expected 3 to equal 4', '1 failing']],
    ['compilation_error', ["src/cart.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'."]],
    ['dependency_conflicts', ["Error: Cannot find module 'left-cart'"]],
  ])('does not name the class of a failure: %s', (failureClass, lines) => {
    expect(answerTo(failing(lines)).class).toBe(failureClass);
  });

  it('is not a script that is shown before it runs', () => {
    const text = 'ERROR: connect ECONNREFUSED 10.0.0.7:5432';
    expect(answerTo(`  echo "${text}"`).signature).toBeNull();
    expect(answerTo(text).signature).not.toBeNull();
  });
});
