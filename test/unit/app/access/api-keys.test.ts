import { randomBytes } from 'node:crypto';
import { redact } from '@selfheal/redaction/redact.ts';
import { describe, expect, it, vi } from 'vitest';
import { type ApiKeyOrder, createApiKey, listApiKeys, revokeApiKey } from '#shared/app/access/api-keys.ts';
import { authenticate } from '#shared/app/access/authenticate.ts';
import { MAX_KEY_DAYS } from '#shared/domain/access/api-key.ts';
import { type Caller, mayDo, type Permission, Role } from '#shared/domain/access/caller.ts';
import { describeAuditEntry } from '#shared/domain/audit/describe-audit-entry.ts';
import { aCaller, NO_WORKFLOWS } from '#test/builders/index.ts';
import { fakeClock, makeMemoryAccessTrail, makeMemoryApiKeyStore, makeRecordingLog } from '#test/fakes/index.ts';

const DAY = 24 * 3600 * 1000;
const EVERY_SET = Array.from({ length: 16 }, (_, bits) => Role.options.filter((_role, at) => bits & (1 << at)));
const DO: readonly Permission[] = ['read', 'operate', 'approve', 'administer'];
const ADMIN = aCaller();

function setUp() {
  const apiKeys = makeMemoryApiKeyStore();
  const random = (bytes: number) => randomBytes(bytes).toString('hex');
  const tokens = { verify: () => Promise.reject(new Error('No token is expected.')) };
  return {
    apiKeys,
    trail: makeMemoryAccessTrail(),
    clock: fakeClock(),
    random,
    tokens,
    log: makeRecordingLog(),
    ...NO_WORKFLOWS,
  };
}
type Deps = ReturnType<typeof setUp>;

const anOrder = (change: Partial<ApiKeyOrder> = {}): ApiKeyOrder => ({
  name: 'wall display',
  roles: ['viewer'],
  expiresAt: '2026-12-21T12:00:00.000Z',
  ...change,
});
async function created(deps: Deps, order = anOrder(), caller: Caller = ADMIN) {
  const outcome = await createApiKey(order, caller, deps);
  if (outcome.kind !== 'created') throw new Error(outcome.reason);
  return outcome;
}
const entering = (text: string, deps: Deps) => authenticate({ authorization: `Bearer ${text}` }, deps);

describe('creating an API key', () => {
  it('shows the key once, and keeps only a hash of its secret', async () => {
    const deps = setUp();
    const { text, key } = await created(deps);
    const secret = text.split('_')[2] ?? '';
    expect(text).toMatch(/^sh_[0-9a-f]{16}_[0-9a-f]{64}$/);
    const kept = JSON.stringify([
      await deps.apiKeys.list(),
      [...deps.trail.entries],
      await listApiKeys(ADMIN, deps),
      key,
    ]);
    expect(kept).toContain(key.id);
    expect(kept).not.toContain(secret);
    expect(JSON.stringify([await listApiKeys(ADMIN, deps), key])).not.toContain('secretHash');
    expect(await entering(text, deps)).toMatchObject({
      kind: 'accepted',
      caller: { kind: 'key', id: key.id, roles: ['viewer'] },
    });
  });

  it('makes another key each time', async () => {
    const deps = setUp();
    const texts = await Promise.all(Array.from({ length: 50 }, async () => (await created(deps)).text));
    expect(new Set(texts.flatMap((text) => text.split('_').slice(1))).size).toBe(100);
  });

  it('is for administrators, and gives no role that would let the key do more than they may', async () => {
    const deps = setUp();
    for (const roles of EVERY_SET) {
      for (const asked of EVERY_SET.filter(({ length }) => length > 0)) {
        const caller = aCaller({ roles });
        const outcome = await createApiKey(anOrder({ roles: asked }), caller, deps);
        const gained = DO.filter((one) => mayDo({ roles: asked }, one) && !mayDo(caller, one));
        expect([roles, asked, outcome.kind]).toEqual([roles, asked, roles.includes('admin') ? 'created' : 'forbidden']);
        expect(outcome.kind === 'created' && gained.length > 0).toBe(false);
      }
    }
  });

  it('is for people: a key cannot create, list or revoke keys, whatever its roles', async () => {
    const deps = setUp();
    const { text } = await created(deps, anOrder({ roles: ['admin'] }));
    const entered = await entering(text, deps);
    if (entered.kind !== 'accepted') throw new Error(`It is ${entered.kind}.`);
    const refusal = { kind: 'forbidden', reason: 'An API key cannot manage API keys: sign in.' };
    const [key] = await deps.apiKeys.list();
    expect(await createApiKey(anOrder(), entered.caller, deps)).toEqual(refusal);
    expect(await listApiKeys(entered.caller, deps)).toEqual(refusal);
    expect(await revokeApiKey(key?.id ?? '', entered.caller, deps)).toEqual(refusal);
    expect(await deps.apiKeys.get(key?.id ?? '')).toMatchObject({ revokedAt: null });
    expect(await deps.apiKeys.list()).toHaveLength(1);
  });

  it.each([
    ['now', 0, 'invalid'],
    ['in the past', -1, 'invalid'],
    ['a millisecond from now', 1, 'created'],
    ['in exactly the longest time', MAX_KEY_DAYS * DAY, 'created'],
    ['a millisecond later than that', MAX_KEY_DAYS * DAY + 1, 'invalid'],
    ['in a hundred years', 100 * MAX_KEY_DAYS * DAY, 'invalid'],
  ])('with an expiry %s', async (_, milliseconds, kind) => {
    const deps = setUp();
    const expiresAt = new Date(deps.clock.now().getTime() + milliseconds).toISOString();
    expect((await createApiKey(anOrder({ expiresAt }), ADMIN, deps)).kind).toBe(kind);
    expect([(await deps.apiKeys.list()).length, deps.trail.entries.size]).toEqual(kind === 'created' ? [1, 1] : [0, 0]);
  });

  it.each([
    ['no expiry', { expiresAt: undefined }],
    ['an expiry that is no instant', { expiresAt: 'tomorrow' }],
    ['an expiry without a time zone', { expiresAt: '2026-12-21T12:00:00' }],
    ['no roles', { roles: [] }],
    ['a role that does not exist', { roles: ['root'] }],
    ['a role twice', { roles: ['viewer', 'viewer'] }],
    ['no name', { name: '' }],
    ['a name with a line feed', { name: 'a\nb' }],
    ['a name of 61 characters', { name: 'n'.repeat(61) }],
    ['a field more', { id: 'a'.repeat(16) }],
  ])('refuses an order with %s', async (_, change) => {
    const deps = setUp();
    await expect(createApiKey({ ...anOrder(), ...change } as ApiKeyOrder, ADMIN, deps)).rejects.toThrow();
    expect([(await deps.apiKeys.list()).length, deps.trail.entries.size]).toEqual([0, 0]);
  });

  it('is written to the trail before there is a key', async () => {
    const deps = setUp();
    const apiKeys = { ...deps.apiKeys, create: () => Promise.reject(new Error('lost')) };
    await expect(createApiKey(anOrder(), ADMIN, { ...deps, apiKeys })).rejects.toThrow('lost');
    expect([...deps.trail.entries.values()].map(({ event }) => event)).toEqual(['api-key.created']);
    const trail = { append: () => Promise.reject(new Error('no trail')) };
    await expect(createApiKey(anOrder(), ADMIN, { ...deps, trail })).rejects.toThrow('no trail');
    expect(await deps.apiKeys.list()).toEqual([]);
  });

  it('never takes the place of another key', async () => {
    const deps = { ...setUp(), random: (bytes: number) => 'a'.repeat(bytes * 2) };
    const { text } = await created(deps);
    await expect(createApiKey(anOrder({ roles: ['admin'] }), ADMIN, deps)).rejects.toThrow(/nothing was changed/);
    expect(await entering(text, deps)).toMatchObject({ caller: { roles: ['viewer'] } });
  });

  it('makes keys that the redactor knows wherever they are pasted', async () => {
    const { text } = await created(setUp());
    for (const line of [
      text,
      `curl -H "Authorization: Bearer ${text}"`,
      `KEY=${text};`,
      `{"key":"${text}"}`,
      `x ${text.slice(0, 60)}`,
    ]) {
      const shown = redact(line).text;
      expect([line, shown.includes(text.slice(20, 60))]).toEqual([line, false]);
    }
  });
});

describe('listing API keys', () => {
  it('is for administrators', async () => {
    const deps = setUp();
    const list = vi.spyOn(deps.apiKeys, 'list');
    for (const roles of EVERY_SET.filter((set) => !set.includes('admin')))
      expect(await listApiKeys(aCaller({ roles }), deps)).toMatchObject({ kind: 'forbidden' });
    expect(list).not.toHaveBeenCalled();
  });

  it('gives the newest first, with who created them and when they were used', async () => {
    const deps = setUp();
    const first = await created(deps, anOrder({ name: 'first' }));
    deps.clock.advance(1000);
    const second = await created(deps, anOrder({ name: 'second' }));
    await entering(first.text, deps);
    expect(await listApiKeys(ADMIN, deps)).toEqual({
      kind: 'listed',
      keys: [second.key, { ...first.key, lastUsedAt: deps.clock.now().toISOString() }],
    });
    expect(second.key.createdBy).toEqual({ kind: 'person', id: 'subject-1', name: 'admin@example.com' });
  });
});

describe('revoking an API key', () => {
  it('is for administrators', async () => {
    const deps = setUp();
    const { key, text } = await created(deps);
    for (const roles of EVERY_SET.filter((set) => !set.includes('admin')))
      expect(await revokeApiKey(key.id, aCaller({ roles }), deps)).toMatchObject({ kind: 'forbidden' });
    expect(await entering(text, deps)).toMatchObject({ kind: 'accepted' });
  });

  it('ends its use at once and for good', async () => {
    const deps = setUp();
    const { key, text } = await created(deps);
    expect(await revokeApiKey(key.id, ADMIN, deps)).toMatchObject({ kind: 'revoked', key: { id: key.id } });
    expect(await entering(text, deps)).toMatchObject({ kind: 'refused' });
    expect(await revokeApiKey('c'.repeat(16), ADMIN, deps)).toEqual({ kind: 'not-found' });
  });

  it('keeps who revoked it first, and writes the entry that a first time did not come to', async () => {
    const deps = setUp();
    const { key } = await created(deps);
    const trail = { append: () => Promise.reject(new Error('no trail')) };
    await expect(revokeApiKey(key.id, ADMIN, { ...deps, trail })).rejects.toThrow('no trail');
    deps.clock.advance(60_000);
    const second = aCaller({ id: 'subject-2', name: 'second@example.com' });
    expect(await revokeApiKey(key.id, second, deps)).toMatchObject({ key: { revokedBy: { id: 'subject-1' } } });
    await revokeApiKey(key.id, second, deps);
    expect([...deps.trail.entries.values()].map((entry) => describeAuditEntry(entry))).toEqual([
      `admin@example.com created the API key ${key.id} (wall display) with the roles viewer, until 2026-12-21T12:00:00.000Z.`,
      `admin@example.com revoked the API key ${key.id} (wall display).`,
    ]);
  });
});
