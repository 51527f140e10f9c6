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
      'A request with this key had another path or content. Use a new key for each request.',
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
