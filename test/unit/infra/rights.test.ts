import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listRights, type Template } from '../../../tools/list-rights.ts';
import { rightsOf, templatesFor } from './assembly.ts';

const ROOT = join(import.meta.dirname, '../../..');
const configurationOf = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, 'config', file), 'utf8'));

it('gives each role the statements that were reviewed, with services of every kind and a model', () => {
  const { selfheal } = templatesFor(configurationOf('selfheal.example.json'));
  expect(rightsOf(selfheal)).toMatchSnapshot();
});

it('shows the rights of the configuration as shipped in the guide', async () => {
  const { state, selfheal, dashboard } = templatesFor(configurationOf('selfheal.json'));
  const of = (template: { toJSON(): unknown }) => template.toJSON() as Template;
  const page = listRights({ SelfhealState: of(state), Selfheal: of(selfheal), SelfhealDashboard: of(dashboard) });
  expect(page).toContain('`states:StartExecution`');
  await expect(page).toMatchFileSnapshot(join(ROOT, 'docs/guide/rights.md'));
});
