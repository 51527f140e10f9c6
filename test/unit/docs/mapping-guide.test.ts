import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { exampleProblem, Mapping } from '#shared/domain/webhooks/mapping.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../../docs/guide/connections.md'), 'utf8');
const SECTION = GUIDE.slice(GUIDE.indexOf('## A mapping of your own'));
const mapping = Mapping.parse(parse(/```yaml\n(.*?)```/s.exec(SECTION)?.[1] ?? ''));

it('the mapping in the guide is one, and reads its examples as they say', () => {
  expect(mapping.examples.map((_, index) => exampleProblem(mapping, index))).toEqual(mapping.examples.map(() => null));
  expect(mapping.examples.map(({ expect: wanted }) => Object.keys(wanted).length)).toEqual([4, 1, 1]);
});

it('the guide explains every field that a mapping may have', () => {
  const fields = SECTION.split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);
  expect(fields.map(([, name]) => name).sort()).toEqual(Object.keys(Mapping.shape.fields.shape).sort());
});
