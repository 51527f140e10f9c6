import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inWordsOfInputs, UNREACHABLE_OPTIONS } from '#apps/action/input-words.ts';
import { aStep } from './action-rig.ts';

const WORKBENCH = join(import.meta.dirname, '../../../apps/workbench');
/** Where the code lies that the tasks of the Action share with commands. */
const SHARED = ['feedback', 'gates', 'input', 'selection', 'triage', 'flaky', 'architecture', 'analyze', 'ci-metrics'];

describe('an error of a step', () => {
  it.each([
    ['--needs is not JSON: give it toJSON(needs).', 'The input "needs" is not JSON: give it toJSON(needs).'],
    ['Name the repository: --repo owner/name, or GITHUB_REPOSITORY.', 'Name the repository: GITHUB_REPOSITORY.'],
    ['"selfheal flaky record" needs --commit SHA.', '"selfheal flaky record" needs GITHUB_SHA.'],
    ['--metric a=b: expected NAME=NUMBER.', 'The input "metrics" a=b: expected NAME=NUMBER.'],
    ['--format x: expected list, go.', 'The input "runner" x: expected list, go.'],
    ['Record contexts ("pytest --cov --cov-context=test").', 'Record contexts ("pytest --cov --cov-context=test").'],
  ])('names inputs and variables in place of options: %s', (option, input) => {
    expect(inWordsOfInputs(option)).toBe(input);
  });

  it('names no option that a workflow cannot give, whatever shared code throws it', () => {
    const files = SHARED.flatMap((folder) =>
      readdirSync(join(WORKBENCH, folder), { encoding: 'utf8' }).map((file) => join(folder, file)),
    );
    const left = files.flatMap((file) => {
      const text = readFileSync(join(WORKBENCH, file), 'utf8');
      const errors = [...text.matchAll(/new (?:\w+Error|InvalidInput|MissingModelKey)\(([\s\S]*?)\);\n/g)];
      const options = errors.flatMap(([, words = '']) => [...inWordsOfInputs(words).matchAll(/--([a-z][a-z-]*)/g)]);
      return options.flatMap(([, name = '']) => (UNREACHABLE_OPTIONS.includes(name) ? [] : [`${file}: --${name}`]));
    });
    expect(left).toEqual([]);
  });

  it('is shown so by the step itself', async () => {
    const step = await aStep({ files: { 'selfheal-results/a.json': '{}' } });
    const { log } = await step.run({ task: 'feedback', needs: '{' });
    await step.remove();
    expect(log).toContain('The input "needs" is not JSON');
    expect(log).not.toMatch(/--needs/);
  });
});
