import { describe, expect, it } from 'vitest';
import { anApi } from './api-rig.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
type Api = Awaited<ReturnType<typeof anApi>>;

const HUGE = 'x'.repeat(50_000);

async function documentOf(api: Api) {
  const { json } = await api.call('/api/openapi.json');
  const schemas = json.components.schemas as Readonly<Record<string, Schema>>;
  const resolved = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : resolved(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  const operations = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return { resolved, operations };
}

/** A path with an id in place of each name: well formed, and of nothing that there is. */
const placeOf = (path: string): string =>
  path
    .replaceAll('{digest}', '0'.repeat(64))
    .replaceAll('{incidentId}', 'gh-none-at-all')
    .replaceAll(/\{\w+\}/g, 'none-at-all');

const bodyOf = ({ requestBody }: Operation): Schema | undefined => requestBody?.content['application/json']?.schema;

/** Sends a body to a route as somebody who may do everything. */
const send = (api: Api, method: string, path: string, body: unknown) =>
  api.call(path, {
    method,
    as: 'admin approver',
    headers: { 'content-type': 'application/json', 'if-match': '*' },
    body,
  });

describe('every route with a body', () => {
  it('refuses each field that is too long, too large or of another type, an unknown field, and what is no object', async () => {
    const api = await anApi();
    const { resolved, operations } = await documentOf(api);
    const mistakes: string[] = [];
    let tried = 0;
    for (const { path, method, operation } of operations) {
      const given = bodyOf(operation);
      if (given === undefined) continue;
      const schema = resolved(given);
      const fields = Object.entries(schema.properties ?? {});
      const wrong: [string, unknown][] = [
        ['a list', []],
        ['null', null],
        ['a text', 'text'],
        ['an unknown field', { [`unknown-${path.length}`]: 1 }],
        ...fields.map(([name]): [string, unknown] => [
          `${name}: an object of another form`,
          { [name]: { strange: { deep: [] } } },
        ]),
        ...fields
          .filter(([, field]) => /string/.test(JSON.stringify(resolved(field))))
          .map(([name]): [string, unknown] => [`${name}: 50,000 characters`, { [name]: HUGE }]),
        ...fields
          .filter(([, field]) => ['number', 'integer'].includes(String(resolved(field).type)))
          .map(([name]): [string, unknown] => [`${name}: a number without an end`, { [name]: 1e300 }]),
      ];
      for (const [what, body] of wrong) {
        tried += 1;
        const { statusCode = 0, json } = await send(api, method, placeOf(path), body);
        // Logs are long texts; what has the form of a route's optional body is looked for and not found.
        const isRefused = [400, 403, 404, 409, 410, 413, 422].includes(statusCode);
        const isLog = /logs|analyze|predict|search|recommend/.test(path) && statusCode === 200;
        if (!(isRefused || isLog)) mistakes.push(`${method} ${path} with ${what}: ${statusCode}`);
        if (statusCode === 400 && typeof json?.detail !== 'string')
          mistakes.push(`${method} ${path} with ${what}: no detail`);
      }
    }
    expect(tried).toBeGreaterThan(150);
    expect(mistakes).toEqual([]);
    expect(api.errors).toEqual([]);
  });

  it('names the field that is wrong', async () => {
    const api = await anApi();
    for (const [path, body, field] of [
      ['/api/incidents', { title: 7 }, 'json.title'],
      ['/api/approvals/delegations', { to: 'a@example.com', hours: 'two' }, 'json.hours'],
      ['/api/auth/login', { user: HUGE, password: 'x' }, 'json.user'],
    ] as const) {
      const { statusCode, json } = await send(api, 'POST', path, body);
      expect([statusCode, json.errors.map((one: { field: string }) => one.field)], path).toEqual([
        400,
        expect.arrayContaining([field]),
      ]);
    }
  });
});

/** Characters that nobody sees. */
const UNSEEN = ['\u200b', '\u0000', '\u202e\u2066', ' \u2060 '];

describe('a text that people write for others', () => {
  it('is refused where nothing of it would be shown', async () => {
    const api = await anApi();
    const id = 'none-at-all';
    for (const unseen of UNSEEN) {
      for (const [method, path, body, field] of [
        ['POST', '/api/incidents', { title: unseen }, 'json.title'],
        ['PATCH', `/api/incidents/${id}`, { title: unseen }, 'json.title'],
        ['PATCH', `/api/incidents/${id}`, { assignee: unseen }, 'json.assignee'],
        ['POST', `/api/incidents/${id}/resolve`, { solution: unseen }, 'json.solution'],
        ['POST', `/api/incidents/${id}/false-positive`, { reason: unseen }, 'json.reason'],
        ['POST', `/api/incidents/${id}/escalate`, { reason: unseen }, 'json.reason'],
        ['POST', '/api/actions/execute', { action: 'scale-ecs-service', reason: unseen }, 'json.reason'],
        ['POST', '/api/applications/orders/scale', { to: 3, reason: unseen }, 'json.reason'],
        ['POST', '/api/knowledge/patterns/0123456789ab/confidence?scope=acme/shop', { reason: unseen }, 'json.reason'],
      ] as const) {
        const { statusCode, json } = await send(api, method, path, body);
        expect([statusCode, json.detail], `${method} ${path} ${field}`).toEqual([
          400,
          expect.stringMatching(new RegExp(`${field}:? must hold a character that can be seen`)),
        ]);
      }
    }
  });
});

describe('every field', () => {
  it('that has another form than it must is told which form in words, not by a pattern', async () => {
    const api = await anApi();
    const { resolved, operations } = await documentOf(api);
    const told: string[] = [];
    for (const { path, method, operation } of operations) {
      const strange = ['!! §', 'x y\u202e'];
      const given = bodyOf(operation);
      const names = Object.keys((given === undefined ? undefined : resolved(given).properties) ?? {});
      const queries = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
      for (const value of strange) {
        const odd = path.replaceAll(/\{\w+\}/g, encodeURIComponent(value));
        const tries: [string, unknown][] = [
          [odd, given === undefined ? undefined : {}],
          ...names.map((name): [string, unknown] => [placeOf(path), { [name]: value }]),
          ...names.map((name): [string, unknown] => [placeOf(path), { [name]: [value] }]),
          ...queries.map((name): [string, unknown] => [
            `${placeOf(path)}?${name}=${encodeURIComponent(value)}`,
            undefined,
          ]),
        ];
        for (const [at, body] of tries) {
          const { statusCode = 0, json } = await send(api, method, at, body);
          expect(statusCode, `${method} ${at}`).toBeLessThan(500);
          if (statusCode >= 400) told.push(`${method} ${path}: ${json?.detail}`);
        }
      }
    }
    expect(told.length).toBeGreaterThan(200);
    expect(told.filter((words) => /must match pattern|Invalid (?:string|input)/.test(words))).toEqual([]);
  });
});

describe('every route with a query', () => {
  it('refuses or ignores what no filter can be, and never fails', async () => {
    const api = await anApi();
    const { operations } = await documentOf(api);
    const mistakes: string[] = [];
    let tried = 0;
    for (const { path, method, operation } of operations) {
      for (const { name } of (operation.parameters ?? []).filter((one) => one.in === 'query')) {
        for (const value of [
          HUGE.slice(0, 5000),
          '-1',
          '1e309',
          '\u0000',
          '../../x',
          '[object Object]',
          '%F0%9F%92%A9',
        ]) {
          tried += 1;
          const at = `${placeOf(path)}?${name}=${encodeURIComponent(value)}`;
          const { statusCode = 0 } = await send(api, method, at, undefined);
          if (statusCode >= 500 || statusCode === 0) mistakes.push(`${method} ${at.slice(0, 120)}: ${statusCode}`);
        }
      }
    }
    expect(tried).toBeGreaterThan(100);
    expect(mistakes).toEqual([]);
    expect(api.errors).toEqual([]);
  });
});

describe('a misspelt name', () => {
  it('of a query parameter is answered with the nearest one, on every route', async () => {
    const api = await anApi();
    const { operations } = await documentOf(api);
    const wrong: string[] = [];
    let tried = 0;
    for (const { path, method, operation } of operations) {
      const names = operation.parameters?.filter((one) => one.in === 'query').map(({ name }) => name) ?? [];
      for (const name of method === 'GET' ? names : []) {
        const misspelt = `${name}s`;
        const as = 'viewer operator approver admin';
        const { statusCode, json } = await api.call(`${placeOf(path)}?${misspelt}=1`, { as });
        tried += 1;
        const said = `There is no parameter "${misspelt}"; did you mean ${name}?`;
        if (statusCode !== 400 || !json.detail.includes(said))
          wrong.push(`${path} ${name}: ${statusCode} ${json?.detail}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(30);
  });

  it.each([
    ['POST', '/api/incidents', { tittle: 'Down', title: 'Down' }, 'There is no field "tittle"; did you mean title?'],
    [
      'POST',
      '/api/config',
      { change: { policy: { actAtConfidense: 0.9 } }, reason: 'why' },
      'did you mean actAtConfidence?',
    ],
    ['POST', '/api/config', { change: { github: { defaultMode: 'sugest' } }, reason: 'why' }, 'did you mean suggest?'],
    ['POST', '/api/actions/execute', { acton: 'x', reason: 'why' }, 'There is no field "acton"; did you mean action?'],
  ])('in the body of %s %s, %j, is answered with the nearest one', async (method, path, body, said) => {
    const api = await anApi();
    const { statusCode, json } = await send(api, method, path, body);
    expect(statusCode, JSON.stringify(json)).toBe(400);
    expect(json.detail).toContain(said);
  });
});
