import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rightsOf, templatesFor } from './assembly.ts';

const EXAMPLE = join(import.meta.dirname, '../../../config/selfheal.example.json');

it('gives each role the statements that were reviewed, with services of every kind and a model', () => {
  const { selfheal } = templatesFor(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  expect(rightsOf(selfheal)).toMatchSnapshot();
});
