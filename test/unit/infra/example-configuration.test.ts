import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { readConfiguration } from '#infra/configuration.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';

const EXAMPLE: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../config/selfheal.example.json'), 'utf8'),
);

/** Filled by the build, not by people. */
const BY_THE_BUILD = new Set(['playbooks']);
/** One of these is chosen; the user guide shows the others. */
const OF_OTHER_CHOICES =
  /^(?:model\.(?:baseUrl|url|endpoint|apiKey|region)|.*\[\]\.strategy\.|mappings\[\]\.fields\..*\.(?:constant|template|first)$)/;

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

const MAX_DEPTH = 6;

/** Every field that the schema knows, with `[]` for the elements of a list. */
function fieldsOf(schema: JsonSchema, root: JsonSchema, path = '', depth = 0): string[] {
  if (depth > MAX_DEPTH) return [];
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.split('/').at(-1) ?? ''];
    return target === undefined ? [] : fieldsOf(target, root, path, depth + 1);
  }
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [at, ...fieldsOf(inner, root, at, depth + 1)];
  });
  const elements = schema.items === undefined ? [] : fieldsOf(schema.items, root, `${path}[]`, depth + 1);
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [...own, ...elements, ...parts.flatMap((part) => fieldsOf(part, root, path, depth))];
}

function fieldsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => fieldsIn(one, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [at, ...fieldsIn(inner, at)];
  });
}

it('the example configuration shows every block and field that the schema knows', () => {
  const schema = z.toJSONSchema(Configuration, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const known = [...new Set(fieldsOf(schema, schema))].filter(
    (field) => !BY_THE_BUILD.has(field.split(/[.[]/)[0] ?? ''),
  );
  expect(known.length).toBeGreaterThan(100);
  const shown = new Set(fieldsIn(EXAMPLE));
  expect(known.filter((field) => !shown.has(field) && !OF_OTHER_CHOICES.test(field))).toEqual([]);
});

it('the example configuration can be deployed as it is', () => {
  const problems: string[] = [];
  readConfiguration(join(import.meta.dirname, '../../../config/selfheal.example.json'), (problem) =>
    problems.push(problem),
  );
  expect(problems).toEqual([]);
});
