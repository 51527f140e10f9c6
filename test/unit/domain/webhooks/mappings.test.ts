import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exampleProblem, Mapping, readByMapping, valueAt } from '#shared/domain/webhooks/mapping.ts';
import { MAPPED_SOURCES } from '#shared/plugins/sources/common/mapped-source.ts';
import { MAPPINGS_FILE, packedMappings } from '../../../../tools/write-mappings.ts';

const FOLDER = join(import.meta.dirname, '../../../../shared/data/mappings');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const mappingIn = (name: string): Mapping => Mapping.parse(parse(readFileSync(join(FOLDER, name), 'utf8')));

describe('the mappings', () => {
  const examples = files.flatMap((name) =>
    mappingIn(name).examples.map((example, index) => [name, example.name, index] as const),
  );

  it.each(examples)('%s reads %s as its example says', (name, _, index) => {
    expect(exampleProblem(mappingIn(name), index)).toBeNull();
  });

  it('are packed for the functions: `npm run mappings` writes the file', () => {
    expect(JSON.parse(readFileSync(MAPPINGS_FILE, 'utf8'))).toEqual(JSON.parse(packedMappings()));
    expect(MAPPED_SOURCES.map(({ id }) => `${id}.yaml`).sort()).toEqual(files.sort());
  });

  it('refuse or leave aside whatever is not of their tool, and never throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MAPPED_SOURCES), fc.jsonValue(), (source, body) => {
        const read = source.read({ headers: {}, body, receivedAt: new Date(0) });
        expect(read.kind === 'rejected' || read.kind === 'ignored').toBe(true);
      }),
    );
  });
});

describe('a mapping of one', () => {
  const OWN = {
    id: 'own',
    title: 'Own',
    schemes: ['bearer'],
    requires: ['/a'],
    fields: {
      id: '/a',
      state: { from: '/s', values: { Up: 'resolved' }, otherwise: 'firing' },
      title: { template: '{/a} on {/h~1x/0}' },
    },
    examples: [{ name: 'x', body: { a: 1 }, expect: { ignored: true } }],
  };

  it('says which example it reads in another way', () => {
    expect(exampleProblem(Mapping.parse(OWN), 0)).toContain(
      'x: expected {"ignored":true}, and found {"state":"firing"',
    );
  });

  it('follows escaped pointers, tables in any case, and templates', () => {
    const read = readByMapping(Mapping.parse(OWN), { a: 7, s: 'UP', 'h/x': ['web'] }, new Date(0));
    expect(read).toMatchObject({
      kind: 'alerts',
      alerts: [{ id: '7', state: 'resolved', title: '7 on web', severity: 'medium' }],
    });
  });

  it('reads own members alone', () => {
    for (const pointer of ['/__proto__', '/constructor/name', '/toString', '/length', '/a/0/b'])
      expect(valueAt({ a: 'text' }, pointer)).toBeUndefined();
  });

  it.each([
    [{ ...OWN, fields: { ...OWN.fields, id: 'a' } }],
    [{ ...OWN, requires: [] }],
    [{ ...OWN, examples: [] }],
    [{ ...OWN, fields: { ...OWN.fields, title: { script: 'a + b' } } }],
    [{ ...OWN, fields: { ...OWN.fields, state: '/s' } }],
  ])('is refused when a field is of no rule that there is', (content) => {
    expect(Mapping.safeParse(content).success).toBe(false);
  });
});
