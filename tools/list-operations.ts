import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '@selfheal/kernel/present.ts';
import type { Field, Operation } from '#apps/cli/requests/operations.ts';
import { makeApi } from '#functions/api/app.ts';
import { type ApiDeps, makeRouteDeps } from '#functions/api/base.ts';

const ROOT = join(import.meta.dirname, '..');
const TABLES = 'apps/cli/requests';
/** The routes with their fields that commands are rows about. `npm run commands` writes it; a test compares it. */
export const OPERATION_LIST = `${TABLES}/operations.json`;

/** The routes that the tables name. Read from their text, because they cannot be loaded before the file is there. */
function requestsOfTables(): ReadonlySet<string> {
  const texts = globSync(`${TABLES}/*.ts`, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/^ {4}request: '([^']+)',$/gm)].map(([, name = '']) => name)),
  );
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}
interface Route {
  readonly 'x-permission'?: Operation['permission'];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Route>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** The OpenAPI document. Its routes are declared before anything is asked of what they stand on. */
function documentOf(): Document {
  const nothing = { environment: { apiUrl: '' }, actions: [], policy: {}, keys: {}, configuration: { services: [] } };
  const api = makeApi(makeRouteDeps(nothing as unknown as ApiDeps));
  const info = { title: 'Selfheal', version: '0' };
  return api.getOpenAPI31Document({ openapi: '3.1.0', info }) as unknown as Document;
}

const typeOf = ({ type, anyOf = [] }: Schema): Field['type'] =>
  ([type, ...anyOf.map((one) => one.type)].flat().find((one) => one !== undefined && one !== 'null') ??
    'object') as Field['type'];

function fieldOf(name: string, place: Field['in'], schema: Schema, isRequired: boolean): Field {
  const values = (schema.enum ?? schema.items?.enum)?.filter((one) => typeof one === 'string');
  const { minimum, maximum, default: otherwise } = schema;
  return {
    ...{ name, in: place, type: typeOf(schema) },
    ...(isRequired ? { required: true } : {}),
    ...present({ minimum, maximum, values, default: otherwise }),
  };
}

/** Each route of the tables, `GET /api/events/:id`, with its permission and fields. Throws when the API has no such route. */
export function listOperations(): string {
  const { paths, components } = documentOf();
  const resolved = ({ $ref, ...schema }: Schema): Schema =>
    $ref === undefined ? schema : (components?.schemas?.[$ref.split('/').at(-1) ?? ''] ?? {});
  const named = requestsOfTables();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]): [string, Operation] => {
      const parameters = (route.parameters ?? []).filter((one) => one.in === 'path' || one.in === 'query');
      const body = resolved(route.requestBody?.content['application/json']?.schema ?? {});
      const required = body.required ?? [];
      const fields = [
        ...parameters.map((one) => fieldOf(one.name, one.in as Field['in'], one.schema, one.required === true)),
        ...Object.entries(body.properties ?? {}).map(([name, schema]) =>
          fieldOf(name, 'body', resolved(schema), required.includes(name)),
        ),
      ];
      const permission = route['x-permission'];
      const name = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
      return [name, { ...present({ permission }), fields }];
    }),
  );
  return `${JSON.stringify(Object.fromEntries(operations.filter(([name]) => named.has(name))), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(join(ROOT, OPERATION_LIST), listOperations());
