import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Exchange } from '@selfheal/fake-server/wire.ts';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';

type Json = Record<string, unknown>;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Json[];
  readonly requestBody: Json | null;
  readonly responses: Readonly<Record<string, Json>>;
}

/** Compares what goes over the wire with GitHub's own OpenAPI description. */
export interface GithubConformance {
  /** Hook it to `world.onExchange`. Collects problems, never throws. */
  onExchange(exchange: Exchange): void;
  /** Checks a webhook's payload. */
  checkWebhook(event: string, payload: unknown): void;
  /** Every deviation so far: `issues/create-comment 201: /user/id must be integer`. */
  readonly problems: readonly string[];
  /** The operationIds seen so far. */
  readonly operations: ReadonlySet<string>;
}

let loaded: Json | undefined;

/** GitHub's description: 13 MB, read once and only when it is needed. */
function description(): Json {
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
  loaded ??= JSON.parse(readFileSync(file, 'utf8')) as Json;
  return loaded;
}

export function makeGithubConformance(): GithubConformance {
  const problems: string[] = [];
  const operations = new Set<string>();
  const check = (label: string, schema: unknown, value: unknown) => {
    const validate = validatorOf(schema);
    if (validate(value)) return;
    const errors = (validate.errors ?? []).slice(0, 5).map((one) => `${one.instancePath || '/'} ${one.message ?? ''}`);
    problems.push(`${label}: ${errors.join('; ')}`);
  };
  return {
    problems,
    operations,
    onExchange(exchange) {
      if (exchange.service !== 'github') return;
      const operation = operationOf(exchange.operation);
      if (operation === null) {
        problems.push(`${exchange.operation}: GitHub describes no such operation (${exchange.request.path}).`);
        return;
      }
      operations.add(exchange.operation);
      problems.push(...requestProblems(exchange, operation, check));
      if (!exchange.faulty) checkResponse(exchange, operation, check, problems);
    },
    checkWebhook(event, payload) {
      const action = (payload as { action?: string }).action;
      const name = `webhook-${[event, action].filter(Boolean).join('-').replaceAll('_', '-')}`;
      if (Object.hasOwn(schemas(), name)) check(name, { $ref: `#/components/schemas/${name}` }, payload);
      else problems.push(`${name}: GitHub describes no such webhook.`);
    },
  };
}

type Check = (label: string, schema: unknown, value: unknown) => void;

function requestProblems({ operation: id, request }: Exchange, operation: Operation, check: Check): string[] {
  const found: string[] = [];
  const path = request.path.slice(request.path.indexOf('/api/v3') + '/api/v3'.length);
  const parts = operation.path.split('/');
  const fits = path.split('/').every((part, index) => parts[index]?.startsWith('{') || parts[index] === part);
  if (request.method !== operation.method || !fits) found.push(`${id}: ${request.method} ${path} is not its route.`);
  for (const [name, value] of request.query) {
    const parameter = operation.parameters.find((one) => one.in === 'query' && one.name === name);
    if (parameter === undefined) found.push(`${id}: there is no query parameter ${name}.`);
    else check(`${id} query ${name}`, parameter.schema, coerced(parameter.schema as Json, value));
  }
  for (const parameter of operation.parameters.filter((one) => one.in === 'query' && one.required === true)) {
    if (!request.query.has(String(parameter.name))) found.push(`${id}: query parameter ${parameter.name} is missing.`);
  }
  if (!/^application\/(vnd\.github[\w.+-]*json|json)$/.test(request.headers.accept ?? '')) {
    found.push(`${id}: accepts ${request.headers.accept}, not GitHub's JSON.`);
  }
  return [...found, ...bodyProblems(id, request.body, operation, check)];
}

function bodyProblems(id: string, bytes: Buffer, operation: Operation, check: Check): string[] {
  const schema = contentSchema(operation.requestBody);
  if (bytes.length === 0) return operation.requestBody?.required === true ? [`${id}: the request has no body.`] : [];
  const body = JSON.parse(bytes.toString('utf8')) as Json;
  if (schema === undefined) return [`${id}: the request must have no body.`];
  check(`${id} request`, schema, body);
  const { properties, oneOf = [] } = resolve(schema) as { properties?: object; oneOf?: readonly Json[] };
  const forms = [properties, ...oneOf.map((one) => (resolve(one) as { properties?: object }).properties)];
  const known = forms.flatMap((form) => Object.keys(form ?? {}));
  return Object.keys(body)
    .filter((key) => !known.includes(key))
    .map((key) => `${id}: the request has an unknown field ${key}.`);
}

function checkResponse(exchange: Exchange, operation: Operation, check: Check, problems: string[]): void {
  const { status, body, headers } = exchange.response;
  const label = `${exchange.operation} ${status}`;
  const declared = operation.responses[String(status)];
  if (declared === undefined && status < 400) {
    problems.push(`${label}: GitHub describes no such answer.`);
    return;
  }
  // Errors that hold for every route (401, 403, 404, 429, 5xx) are not repeated in each description.
  const described = declared === undefined ? { $ref: '#/components/schemas/basic-error' } : contentSchema(declared);
  const { oneOf } = (described ?? {}) as { oneOf?: unknown };
  // Each form of an error fits the others, too: all of their fields are optional.
  const schema = status >= 400 && oneOf !== undefined ? { anyOf: oneOf } : described;
  if (schema === undefined) {
    if (body.length > 0) problems.push(`${label}: must have no body.`);
  } else if (!String(headers['content-type'] ?? '').startsWith('application/json')) {
    if (status !== 403) problems.push(`${label}: is not JSON.`);
  } else {
    check(label, schema, JSON.parse(body.toString()));
  }
}

function coerced(schema: Json, value: string): unknown {
  const { type } = resolve(schema) as Json;
  if (type === 'integer' || type === 'number') return Number(value);
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

let index: Map<string, Operation> | undefined;

function operationOf(operationId: string): Operation | null {
  index ??= readOperations();
  return index.get(operationId) ?? null;
}

function readOperations(): Map<string, Operation> {
  const found = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(description().paths as Record<string, Json>)) {
    for (const [method, raw] of Object.entries(methods)) {
      const operation = raw as Json;
      if (typeof operation.operationId !== 'string') continue;
      found.set(operation.operationId, {
        method: method.toUpperCase(),
        path,
        parameters: ((operation.parameters ?? []) as Json[]).map((one) => resolve(one) as Json),
        requestBody: operation.requestBody === undefined ? null : (resolve(operation.requestBody) as Json),
        responses: Object.fromEntries(
          Object.entries(operation.responses as Json).map(([status, one]) => [status, resolve(one) as Json]),
        ),
      });
    }
  }
  return found;
}

function contentSchema(holder: Json | null): unknown {
  const content = holder?.content as Record<string, { schema?: unknown }> | undefined;
  return content?.['application/json']?.schema;
}

function schemas(): Json {
  return (description().components as { schemas: Json }).schemas;
}

function resolve(value: unknown): unknown {
  const reference = (value as { $ref?: string } | undefined)?.$ref;
  if (reference === undefined) return value;
  const keys = reference.slice(2).split('/');
  return resolve(keys.reduce<unknown>((at, key) => (at as Json)[key.replaceAll('~1', '/')], description()));
}

const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void;
const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateSchema: false });
addFormats(ajv);
const validators = new Map<unknown, ValidateFunction>();

/** Compiles a schema with only the definitions it reaches. */
function validatorOf(schema: unknown): ValidateFunction {
  const key = (schema as { $ref?: string }).$ref ?? schema;
  const known = validators.get(key);
  if (known !== undefined) return known;
  const definitions: Json = {};
  const root = toJsonSchema(schema, definitions) as Json;
  const validate = ajv.compile({ ...root, definitions });
  validators.set(key, validate);
  return validate;
}

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type of its own, references point into `definitions`. */
function toJsonSchema(schema: unknown, definitions: Json): unknown {
  if (Array.isArray(schema)) return schema.map((one) => toJsonSchema(one, definitions));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, discriminator: _, example: _e, examples: _s, ...rest } = schema as Json;
  if (typeof rest.$ref === 'string') return reference(rest.$ref, definitions);
  const converted = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key === 'enum' ? value : toJsonSchema(value, definitions)]),
  );
  return nullable === true ? { anyOf: [converted, { type: 'null' }] } : converted;
}

function reference(target: string, definitions: Json): Json {
  const name = target.slice('#/components/schemas/'.length);
  if (!Object.hasOwn(definitions, name)) {
    definitions[name] = {};
    definitions[name] = toJsonSchema(schemas()[name], definitions);
  }
  return { $ref: `#/definitions/${name}` };
}
