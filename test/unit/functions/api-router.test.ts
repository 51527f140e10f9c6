import { describe, expect, it } from 'vitest';
import { makeApi } from '#functions/api/app.ts';
import { type ApiDeps, makeRouteDeps } from '#functions/api/base.ts';
import { makeRouter, PARTS } from '#functions/api/router.ts';

const DEPS = {
  environment: { apiUrl: 'https://api.example' },
  actions: [],
  policy: {},
  keys: {},
  configuration: { services: [] },
  counters: { add: async () => undefined },
  clock: { now: () => new Date(0) },
  authenticate: async () => ({ kind: 'refused', reason: 'Nobody signed in.' }),
  version: '1',
} as unknown as ApiDeps;
const whole = makeApi(makeRouteDeps(DEPS));
const route = makeRouter(DEPS);
const answerOf = async (response: Response) => [
  response.status,
  Object.fromEntries(response.headers),
  await response.text(),
];

describe('the routes that a request loads', () => {
  it('are all routes of the API, as it answers them', async () => {
    const routes = whole.routes.filter(({ method }) => method !== 'ALL');
    expect(routes.length).toBeGreaterThan(80);
    for (const { method, path } of routes) {
      const url = `https://api.example${path.replaceAll(/:\w+(?:\{.*?\})?/g, 'x')}`;
      const ask = () => new Request(url, { method, ...(method === 'GET' ? {} : { body: '{}' }) });
      const answer = await answerOf(await route(ask()));
      expect(answer, `${method} ${path}`).toEqual(await answerOf(await whole.fetch(ask())));
      expect(answer[0], `${method} ${path}`).not.toBe(404);
    }
  });

  it('are no more than those of the first segment of its path', () => {
    const segments = whole.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path.split('/')[2] ?? '');
    const ofAll = ['health', 'openapi.json', 'docs'];
    expect([...new Set([...PARTS.flatMap(({ at }) => at), ...ofAll])].sort()).toEqual([...new Set(segments)].sort());
  });

  it.each([
    ['OPTIONS', '/api/incidents'],
    ['PUT', '/api/incidents'],
    ['DELETE', '/api/health'],
    ['GET', '/api/incidents/'],
    ['GET', '/api/incidents/a/b/c/d'],
    ['GET', '/api/%69ncidents'],
    ['GET', '/api/incidents%2Fx'],
    ['GET', '/api/%'],
    ['GET', '/api//incidents'],
    ['GET', '//api/incidents'],
    ['GET', '/API/incidents'],
    ['GET', '/api/Incidents'],
    ['GET', '/api/__proto__'],
    ['GET', '/api/constructor/x'],
    ['GET', '/api/nothing'],
    ['GET', '/api'],
    ['GET', '/'],
    ['GET', '/other/incidents'],
  ])('are those of the whole API for %s %s', async (method, path) => {
    const ask = () => new Request(`https://api.example${path}`, { method });
    expect(await answerOf(await route(ask()))).toEqual(await answerOf(await whole.fetch(ask())));
  });
});
