import { describe, expect, it } from 'vitest';
import { anApi } from './api-rig.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the validator of an incident', () => {
  it('is its ETag: it begins with the revision, and a change with a stale one is refused', async () => {
    const { call, incident } = await anApi();
    const path = `/api/incidents/${incident.id}`;
    const read = await call(path, { as: 'viewer' });
    expect(read.headers?.etag).toMatch(/^"0-[0-9a-f]{40}"$/);
    expect(read.headers).not.toHaveProperty('x-revision');
    const change = (tag: unknown, title: string) =>
      call(path, { method: 'PATCH', as: 'operator', headers: { ...JSON_TYPE, 'if-match': tag }, body: { title } });
    const first = await change(read.headers?.etag, 'Slow');
    expect([first.statusCode, first.headers?.etag]).toEqual([200, '"1"']);
    expect((await change(read.headers?.etag, 'Slower')).statusCode).toBe(412);
    expect((await change('"0"', 'Slower')).statusCode).toBe(412);
    expect((await change(first.headers?.etag, 'Slower')).statusCode).toBe(200);
    expect((await change('*', 'Slowest')).statusCode).toBe(200);
    expect((await change('W/"3"', 'Slow')).statusCode).toBe(400);
  });

  it('tells a client that polls that nothing has changed, and only then', async () => {
    const { call, incident, deps } = await anApi();
    const path = `/api/incidents/${incident.id}`;
    const tag = (await call(path, { as: 'viewer' })).headers?.etag;
    const poll = () => call(path, { as: 'viewer', headers: { 'if-none-match': tag } });
    expect((await poll()).statusCode).toBe(304);
    await deps.incidents.update(incident.id, { status: 'escalated' }, { at: deps.clock.now() });
    expect((await poll()).statusCode).toBe(200);
  });
});

it.each(['/api/overview', '/api/costs', '/api/service-levels', '/api/incidents', '/api/learning', '/api/status'])(
  'gives %s the same ETag at another time, while nothing has changed',
  async (path) => {
    const { call, deps } = await anApi();
    deps.clock.set('2026-11-21T12:00:00.123Z');
    const tag = (await call(path, { as: 'viewer' })).headers?.etag;
    deps.clock.advance(4321);
    expect((await call(path, { as: 'viewer' })).headers?.etag).toBe(tag);
  },
);

it.each(['/api/incidents', '/api/health', '/api/openapi.json', '/api/nothing'])(
  'answers HEAD %s like GET, without the body',
  async (path) => {
    const { call } = await anApi();
    const [get, head] = [await call(path, { as: 'viewer' }), await call(path, { as: 'viewer', method: 'HEAD' })];
    expect([head.statusCode, head.body]).toEqual([get.statusCode, '']);
    expect(head.headers?.etag).toBe(get.headers?.etag);
    expect(head.headers?.['content-type']).toBe(get.headers?.['content-type']);
  },
);

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

describe('the description of the API', () => {
  it('follows the main rules of the OpenAPI linters', async () => {
    const { json } = await (await anApi()).call('/api/openapi.json');
    const problems: string[] = [];
    const seen = new Set<string>();
    const operations = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(
      ([path, methods]) => Object.entries(methods).map(([method, one]) => ({ path, method, one })),
    );
    const declared = new Set(((json.tags ?? []) as { name: string }[]).map(({ name }) => name));
    for (const { path, method, one } of operations) {
      const at = `${method} ${path}`;
      const id = one.operationId ?? '';
      if (!/^[A-Za-z][A-Za-z0-9]*$/.test(id)) problems.push(`${at}: operationId ${id}`);
      if (seen.has(id)) problems.push(`${at}: ${id} is there twice`);
      seen.add(id);
      if (one.summary === undefined) problems.push(`${at}: no summary`);
      for (const tag of one.tags ?? []) if (!declared.has(tag)) problems.push(`${at}: tag ${tag} is not declared`);
      const named = (one.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      if (named.sort().join() !== wanted.sort().join()) problems.push(`${at}: parameters ${named}, path ${wanted}`);
      if (!Object.keys(one.responses).some((status) => /^[23]/.test(status))) problems.push(`${at}: no success`);
      const unique = new Set((one.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`));
      if (unique.size !== (one.parameters ?? []).length) problems.push(`${at}: a parameter is there twice`);
    }
    expect(problems).toEqual([]);
    expect(json).toMatchObject({ servers: [{ url: expect.any(String) }], info: { description: expect.any(String) } });
    expect(operations.length).toBeGreaterThan(60);
  });
});

describe('acknowledging an incident', () => {
  it('keeps the first person, says it in the trail once, and changes the revision once', async () => {
    const { call, incident, deps } = await anApi();
    const path = `/api/incidents/${incident.id}`;
    const say = (as: string) => call(`${path}/acknowledge`, { method: 'POST', as });
    expect((await say('viewer')).statusCode).toBe(403);
    const first = await say('operator');
    expect(first.json).toMatchObject({ acknowledged: { by: 'ada@example.com', attempt: 1 }, revision: 1 });
    expect((await say('key operator')).json).toMatchObject({ acknowledged: { by: 'ada@example.com' }, revision: 1 });
    const told = (await deps.incidents.auditTrail(incident.id)).filter(
      ({ event }) => event === 'incident.acknowledged',
    );
    expect(told).toHaveLength(1);
  });
});

describe('asking others for help with an incident', () => {
  const ask = (reason: unknown, as: string) => ({
    ...{ method: 'POST', as, headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ reason }),
  });
  const secret = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');

  it('tells people once, says who told them, and keeps who asked first', async () => {
    const { call, incident, deps, handedOver } = await anApi();
    const path = `/api/incidents/${incident.id}/escalate`;
    expect((await call(path, ask('stuck', 'viewer'))).statusCode).toBe(403);
    expect((await call(path, ask('', 'operator'))).statusCode).toBe(400);
    expect(handedOver).toEqual([]);
    const first = await call(path, ask(`stuck, token=${secret}`, 'operator'));
    expect(first.json).toMatchObject({ incident: { id: incident.id, status: incident.status }, told: ['teams'] });
    expect((await call(path, ask('again', 'key operator'))).json.told).toEqual(['teams']);
    expect(handedOver.map(({ by }) => by)).toEqual(['ada@example.com', 'ada@example.com']);
    expect(handedOver[1]?.reason).toBe(handedOver[0]?.reason);
    expect(handedOver[0]?.reason).toMatch(/^ada@example\.com asks for help: stuck/);
    expect(JSON.stringify([handedOver, await deps.incidents.auditTrail(incident.id)])).not.toContain(secret);
    const said = (await deps.incidents.auditTrail(incident.id)).filter(
      ({ event }) => event === 'incident.person-escalated',
    );
    expect(said).toHaveLength(1);
  });

  it('tells the end wherever people were told before, and nobody about what has ended', async () => {
    const { call, incident, handedOver, ended } = await anApi();
    const path = `/api/incidents/${incident.id}`;
    await call(`${path}/escalate`, ask('stuck', 'operator'));
    const solution = { method: 'POST', as: 'operator', headers: { 'content-type': 'application/json' } };
    const resolve = () => call(`${path}/resolve`, { ...solution, body: JSON.stringify({ solution: 'Restarted' }) });
    expect((await resolve()).statusCode).toBe(200);
    expect(ended).toEqual([incident.id]);
    const late = await call(`${path}/escalate`, ask('stuck', 'operator'));
    expect([late.statusCode, late.json.detail]).toEqual([409, expect.stringContaining('It has ended')]);
    expect(handedOver).toHaveLength(1);
  });

  it('tells no end to anybody where nobody was told before', async () => {
    const { call, incident, ended } = await anApi();
    const body = JSON.stringify({ reason: 'a drill' });
    const headers = { 'content-type': 'application/json' };
    await call(`/api/incidents/${incident.id}/false-positive`, { method: 'POST', as: 'operator', headers, body });
    expect(ended).toEqual([]);
  });
});

describe('approving a learned pattern', () => {
  const PATTERN = {
    scope: 'acme/shop',
    pattern: 'could not reach the warehouse',
    title: 'The warehouse is away',
    class: 'service_unavailability',
    solution: 'Wait for the warehouse.',
  };
  it('is for another person than who wrote it, whose key counts as they do, and not for keys', async () => {
    const { call } = await anApi();
    const post = (path: string, as: string, body: object) =>
      call(path, { method: 'POST', as, headers: { ...JSON_TYPE, 'if-match': '"1"' }, body });
    for (const writer of ['admin', 'key admin']) {
      const words = { ...PATTERN, pattern: `${PATTERN.pattern} ${writer}` };
      const written = await post('/api/knowledge/patterns', writer, words);
      expect([written.statusCode, written.json.detail]).toEqual([201, undefined]);
      const path = `/api/knowledge/patterns/${written.json.pattern.id}/approval?scope=acme/shop`;
      const statuses = async (as: string) => (await post(path, as, {})).statusCode;
      expect(await statuses('admin')).toBe(403);
      expect(await statuses('key admin')).toBe(403);
      expect(await statuses('approver octo-lee#u-2')).toBe(200);
    }
  });
});
