import type { anApi } from './api-rig.ts';

/** What these tests read of a JSON Schema. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly minItems?: number;
}

/** Every operation of the API that takes a body: its path with ids of nothing, its method, and the schema of the body. */
export async function describedOperations(api: Awaited<ReturnType<typeof anApi>>) {
  const { json } = await api.call('/api/openapi.json');
  const schemas = json.components.schemas as Readonly<Record<string, Schema>>;
  const resolved = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : resolved(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  type Operation = {
    readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
    readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  };
  const operations = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody, parameters = [] }]) => {
        const schema = requestBody?.content['application/json']?.schema;
        const place = path
          .replaceAll('{digest}', '0'.repeat(64))
          .replaceAll('{incidentId}', 'gh-none-at-all')
          .replace('/users/{id}/{host}', '/users/none-at-all/github')
          .replace('/patterns/{id}', `/patterns/${'0'.repeat(12)}`)
          .replaceAll('{key}', '0'.repeat(16))
          .replaceAll(/\{\w+\}/g, 'none-at-all');
        const query = parameters
          .filter((one) => one.in === 'query' && one.required === true)
          .map(({ name }) => `${name}=acme/shop`)
          .join('&');
        return schema === undefined
          ? []
          : [{ path: `${place}?${query}`, method: method.toUpperCase(), schema: resolved(schema) }];
      }),
  );
  return { operations, resolved };
}

const EXAMPLES: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T08:00:00Z',
  date: '2026-01-31',
  email: 'ada@example.com',
  uri: 'https://example.com',
};

/** A value that has the form of a schema; patterns are not looked at. */
export function exampleOf(given: Schema, resolved: (schema: Schema) => Schema): unknown {
  const schema = resolved(given);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [form] = schema.anyOf ?? schema.oneOf ?? [];
  if (form !== undefined) return exampleOf(form, resolved);
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, exampleOf(schema.properties?.[name] ?? {}, resolved)]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(schema.items ?? {}, resolved));
    case 'number':
    case 'integer':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return EXAMPLES[schema.format ?? ''] ?? 'text';
  }
}
