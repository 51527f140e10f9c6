import { describe, expect, it } from 'vitest';
import { cursorOf } from '#shared/app/common/list-cursor.ts';
import { anApi } from './api-rig.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly enum?: readonly string[]; readonly type?: string; readonly default?: unknown };
}

const { call } = await anApi();
const { json: described } = await call('/api/openapi.json');

/** Every route that gives its list a page at a time, with the names of its filters, as the API describes itself. */
const LISTS = Object.entries(
  described.paths as Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>,
).flatMap(([path, { get }]) => {
  const inQuery = (get?.parameters ?? []).filter((one) => one.in === 'query');
  return inQuery.some(({ name }) => name === 'cursor') ? [{ path, filters: inQuery.map(({ name }) => name) }] : [];
});

/** What a filter may be set to. */
const SET_TO: Readonly<Record<string, string>> = {
  action: 'rerun-failed-jobs',
  class: 'test_failure',
  level: 'error',
  objective: '0.9',
  repository: 'acme/shop',
};

describe('lists that come a page at a time', () => {
  it('are these', () => {
    expect(LISTS.map(({ path }) => path).sort()).toEqual([
      '/api/actions/recent',
      '/api/incidents',
      '/api/knowledge/patterns',
      '/api/logs/recent',
      '/api/service-levels',
    ]);
  });

  // Incidents and patterns have tests of their own: the tables' adapter binds the first, and the second need a known scope.
  const bound = LISTS.filter(({ path }) => path !== '/api/incidents' && path !== '/api/knowledge/patterns');

  it.each(bound.map((one) => [one.path, one] as const))(
    '%s refuses a cursor of another list, in words that say what to do',
    async (path) => {
      for (const cursor of ['x', cursorOf({ list: 'another' }, 'a'), cursorOf({ list: 'actions' }, 'a')]) {
        const { statusCode, json } = await call(`${path}?cursor=${cursor}`, { as: 'viewer' });
        expect([statusCode, json.detail]).toEqual([
          400,
          expect.stringMatching(/cursor: .*(?:Use the "next" of the page before|Begin again without a cursor)/),
        ]);
      }
    },
  );

  it.each(
    bound.flatMap(({ path, filters }) =>
      filters.filter((name) => SET_TO[name] !== undefined).map((name) => [path, name]),
    ),
  )('%s refuses the cursor of its list without the filter %s', async (path = '', name = '') => {
    const lists: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
      '/api/actions/recent': { list: 'actions', action: null },
      '/api/logs/recent': { list: 'logs', levels: null },
      '/api/service-levels': { list: 'service-levels', days: 30, objective: 0.999, service: null },
    };
    const cursor = cursorOf(lists[path] ?? {}, 'a');
    const { statusCode, json } = await call(`${path}?cursor=${cursor}&${name}=${SET_TO[name]}`, {
      as: 'viewer',
    });
    expect([statusCode, json.detail]).toEqual([
      400,
      expect.stringContaining('it belongs to a list with other filters'),
    ]);
    const own = await call(`${path}?cursor=${cursor}`, {
      as: 'viewer',
    });
    expect(own.statusCode).toBe(200);
  });
});

describe('the description of the API', () => {
  it('says of each list what it holds, and of each tuple how long it is', () => {
    const open: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const schema = node as Readonly<Record<string, unknown>>;
      const isTuple = Array.isArray(schema.prefixItems);
      if (schema.type === 'array' && !('items' in schema)) open.push(path);
      if (isTuple && schema.maxItems !== (schema.prefixItems as unknown[]).length) open.push(`${path}: any length`);
      for (const [name, value] of Object.entries(schema)) walk(value, `${path}/${name}`);
    };
    walk(described, '');
    expect(open).toEqual([]);
  });
});
