import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { makeWorkspace, rightsOf, templatesOf } from './assembly.ts';

const EXAMPLE = join(import.meta.dirname, '../../../config/selfheal.example.json');

afterAll(() => vi.unstubAllEnvs());

it('gives each role the statements that were reviewed, with services of every kind and a model', () => {
  vi.stubEnv('CDK_VALIDATION', 'false');
  const workspace = makeWorkspace(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  const { selfheal } = templatesOf(workspace.makeApp().synth());
  workspace.remove();
  expect(rightsOf(selfheal)).toMatchSnapshot();
});
