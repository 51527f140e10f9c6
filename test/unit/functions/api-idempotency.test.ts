import { Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { anApi, aWaitingPlan } from './api-rig.ts';

describe('a POST with an Idempotency-Key', () => {
  const ORDER = { name: 'deploy bot', roles: ['viewer'], expiresAt: '2026-12-01T00:00:00.000Z' };
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'one' };
  const decision = (body: object, change: object = {}) => ({
    method: 'POST',
    as: 'approver',
    headers: { ...headers, ...change },
    body,
  });

  it('is done once; sent again, it gets the first answer', async () => {
    const { call, incident, digest } = await aWaitingPlan();
    const at = `/api/approvals/${incident.id}/${digest}`;
    const first = await call(at, decision({ decision: 'approved' }));
    const again = await call(at, decision({ decision: 'approved' }));
    expect([first.statusCode, first.headers?.['idempotent-replayed']]).toEqual([200, undefined]);
    expect([again.statusCode, again.headers?.['idempotent-replayed'], again.body]).toEqual([200, 'true', first.body]);
    const other = await call(at, decision({ decision: 'rejected' }));
    expect([other.statusCode, other.json.detail]).toEqual([
      422,
      'A request with this key had another address, condition or content. Use a new key for each request.',
    ]);
  });

  it('is done again after an answer that is no success', async () => {
    const { call, incident, digest } = await aWaitingPlan();
    const at = `/api/approvals/${incident.id}/${digest}`;
    const broken = await call(`/api/approvals/${incident.id}/${'0'.repeat(64)}`, decision({ decision: 'approved' }));
    expect(broken.statusCode).toBe(404);
    expect((await call(at, decision({ decision: 'approved' }, { 'idempotency-key': 'two' }))).statusCode).toBe(200);
    const again = await call(`/api/approvals/${incident.id}/${'0'.repeat(64)}`, decision({ decision: 'approved' }));
    expect([again.statusCode, again.headers?.['idempotent-replayed']]).toEqual([404, undefined]);
  });

  it('never stores a secret: a repetition says that it was done', async () => {
    const { call } = await anApi();
    const create = { method: 'POST', as: 'admin', headers, body: ORDER };
    const first = await call('/api/keys', create);
    const again = await call('/api/keys', create);
    expect([first.statusCode, again.statusCode]).toEqual([201, 409]);
    expect(again.json.detail).toContain('This was done before, with status 201');
    expect((await call('/api/keys', { as: 'admin' })).json.keys).toHaveLength(1);
    // The key of another caller is another key.
    expect((await call('/api/keys', { ...create, as: 'key admin' })).statusCode).toBe(403);
  });

  it.each(['', 'two words', 'x'.repeat(201), 'é'])('refuses the key %j', async (key) => {
    const { call } = await anApi();
    const create = { method: 'POST', as: 'admin', headers: { ...headers, 'idempotency-key': key }, body: ORDER };
    expect((await call('/api/keys', create)).statusCode).toBe(400);
    expect((await call('/api/keys', { as: 'admin' })).json.keys).toEqual([]);
  });
});

it('answers 304 to a client that has this answer, and only to a GET', async () => {
  const { call } = await anApi();
  const first = await call('/api/incidents', { as: 'viewer' });
  const tag = first.headers?.etag;
  expect(tag).toMatch(/^"[0-9a-f]{40}"$/);
  const again = await call('/api/incidents', { as: 'viewer', headers: { 'if-none-match': tag } });
  expect([again.statusCode, again.body, again.headers?.['cache-control']]).toEqual([304, '', 'no-store']);
  expect((await call('/api/incidents', { headers: { 'if-none-match': tag } })).statusCode).toBe(401);
});

describe('two requests that differ in one part', () => {
  const REPORT = { title: 'Checkout answers 502', service: 'checkout', lines: ['ERROR timed out'] };
  const JSON_TYPE = { 'content-type': 'application/json' };
  interface Sent {
    as: string;
    key: string;
    path: string;
    method: string;
    type: string;
    conditions: Record<string, string>;
    body: unknown;
  }
  type Expected = 'same' | 'another request' | 'another key';
  const part = <T>(name: string, expected: Expected, values: readonly T[], set: (sent: Sent, value: T) => Sent) =>
    values.map((value) => ({
      name: `${name} ${JSON.stringify(value)}`,
      expected,
      set: (sent: Sent) => set(sent, value),
    }));
  const PARTS = [
    ...part(
      'caller',
      'another key',
      ['key#k-2 operator', 'key#k-3 operator', 'operator#u-9', 'operator octo-eve#u-2'],
      (sent, as) => ({ ...sent, as }),
    ),
    ...part(
      'key',
      'another key',
      ['K', 'k2', 'k ', '"k2"', '\\"k\\"'].map((key) => key.trim()).filter((key) => key !== 'k'),
      (sent, key) => ({ ...sent, key }),
    ),
    ...part('quoting', 'same', ['"k"', ' k', ' "k" '], (sent, key) => ({ ...sent, key })),
    ...part('query', 'another request', ['?a=1', '?a=2', '?dryRun=true', '?A=1'], (sent, query) => ({
      ...sent,
      path: sent.path + query,
    })),
    ...part('if-match', 'another request', ['"0"', '"1"', '*'], (sent, tag) => ({
      ...sent,
      conditions: { 'if-match': tag },
    })),
    ...part('if-none-match', 'another request', ['*', '"x"'], (sent, tag) => ({
      ...sent,
      conditions: { 'if-none-match': tag },
    })),
    ...part('if-unmodified-since', 'another request', ['Sat, 21 Nov 2026 12:00:00 GMT'], (sent, at) => ({
      ...sent,
      conditions: { 'if-unmodified-since': at },
    })),
    ...part(
      'content',
      'another request',
      [{ title: 'Other' }, { severity: 'low' }, { lines: [] }, { notes: 'x' }],
      (sent, more) => ({ ...sent, body: { ...(sent.body as object), ...more } }),
    ),
    ...part('path', 'another request', ['resolve', 'feedback', 'false-positive'], (sent, path) => ({
      ...sent,
      path: `/api/incidents/gh-${path}${sent.method === 'POST' ? `/${path}` : ''}`,
    })),
    ...part('charset', 'same', ['application/json; charset=utf-8', 'Application/JSON'], (sent, type) => ({
      ...sent,
      type,
    })),
    ...part('nothing', 'same', [null], (sent) => sent),
  ];
  const BASES = ['key#k-1 operator', 'key#k-7 admin operator', 'operator#u-1'].flatMap((as) =>
    ['report', 'edit', 'replace', 'feedback', 'correction', 'execute'].map((kind) => ({ as, kind })),
  );
  const sentOf = (id: string, { as, kind }: (typeof BASES)[number]): Sent => {
    const common = { as, key: 'k', method: 'POST', type: 'application/json', conditions: {} };
    const edit = { title: 'Slow', severity: null, assignee: 'ada', notes: null };
    if (kind === 'report') return { ...common, path: '/api/incidents', body: REPORT };
    if (kind === 'edit') return { ...common, method: 'PATCH', path: `/api/incidents/${id}`, body: { title: 'Slow' } };
    if (kind === 'replace') return { ...common, method: 'PUT', path: `/api/incidents/${id}`, body: edit };
    if (kind === 'feedback') return { ...common, path: `/api/incidents/${id}/feedback`, body: { actionCorrect: true } };
    if (kind === 'correction')
      return { ...common, path: '/api/learning/corrections', body: { incidentId: id, class: 'storage_issues' } };
    return {
      ...common,
      path: '/api/actions/execute',
      body: { action: 'scale-ecs-service', service: 'checkout', to: 3 },
    };
  };
  const send = async (
    api: Awaited<ReturnType<typeof anApi>>,
    { as, key, path, method, type, conditions, body }: Sent,
  ) => {
    const headers = { 'content-type': type, 'idempotency-key': key, ...conditions };
    const { statusCode = 0, headers: answered, json } = await api.call(path, { as, method, headers, body });
    return { status: statusCode, replayed: answered?.['idempotent-replayed'] === 'true', id: json?.id as string };
  };

  it('are told apart by every part of them, and nothing is done twice', async () => {
    const wrong: string[] = [];
    let pairs = 0;
    for (const base of BASES)
      for (const { name, expected, set } of PARTS) {
        const api = await anApi();
        const sent = sentOf(api.incident.id, base);
        const first = await send(api, sent);
        const second = await send(api, set(sent));
        const told = () => `${base.as} ${base.kind}, ${name}: ${first.status} then ${second.status}`;
        pairs += 1;
        const isDone = first.status < 300;
        // A request that failed is done again, by whatever comes next.
        const replayed = expected === 'same' && isDone;
        if (second.replayed !== replayed) wrong.push(`${told()}, replayed: ${second.replayed}`);
        if (expected === 'another request' && isDone && second.status !== 422) wrong.push(told());
        if (expected === 'another key' && [409, 422].includes(second.status) && isDone) wrong.push(told());
        const opened = new Set(api.sent.map(({ deliveryId }) => deliveryId)).size;
        const due =
          isDone && ['report', 'execute'].includes(base.kind)
            ? expected === 'another key' && second.status < 300
              ? 2
              : 1
            : 0;
        if (opened !== due || api.sent.length !== due) wrong.push(`${told()}, opened ${opened} of ${due}`);
      }
    expect(wrong).toEqual([]);
    expect(pairs).toBeGreaterThanOrEqual(500);
  });

  it('give two incidents when two keys of one name send them', async () => {
    const api = await anApi();
    const sent = sentOf(api.incident.id, { as: 'key#k-1 operator', kind: 'report' });
    const [one, other] = [await send(api, sent), await send(api, { ...sent, as: 'key#k-2 operator' })];
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(one.id).not.toBe(other.id);
  });

  it('give two incidents when the second comes after the key was forgotten', async () => {
    const api = await anApi();
    const sent = sentOf(api.incident.id, { as: 'key#k-1 operator', kind: 'report' });
    const first = await send(api, sent);
    api.deps.clock.advance(24 * 3600 * 1000 - 1);
    expect(await send(api, sent)).toEqual({ ...first, replayed: true });
    api.deps.clock.advance(1);
    const later = await send(api, sent);
    expect([later.status, later.replayed]).toEqual([201, false]);
    expect(later.id).not.toBe(first.id);
  });

  it('find the same incident when the answer to the first was lost after its effect', async () => {
    const api = await anApi();
    const sent = sentOf(api.incident.id, { as: 'key#k-1 operator', kind: 'report' });
    const { send: queued } = api.changeable.queue;
    api.changeable.queue.send = async (signal) => {
      await queued(signal);
      throw new Retryable('The queue does not answer.');
    };
    expect((await send(api, sent)).status).toBe(503);
    api.changeable.queue.send = queued;
    const again = await send(api, sent);
    expect([again.status, again.replayed]).toEqual([201, false]);
    expect(new Set(api.sent.map(({ deliveryId }) => deliveryId)).size).toBe(1);
  });

  it('keep the address of what was made', async () => {
    const api = await anApi();
    const request = {
      method: 'POST',
      as: 'key#k-1 operator',
      headers: { ...JSON_TYPE, 'idempotency-key': '"k"' },
      body: REPORT,
    };
    const [first, again] = [await api.call('/api/incidents', request), await api.call('/api/incidents', request)];
    expect(again.headers?.location).toBe(first.headers?.location);
    expect(again.headers?.['idempotent-replayed']).toBe('true');
  });
});
