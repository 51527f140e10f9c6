import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';
import { classify } from '#shared/domain/failure/classify.ts';

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
