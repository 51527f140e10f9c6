import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Retryable } from '@selfheal/kernel/errors.ts';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeCognitoTokenVerifier } from '#shared/adapters/aws/cognito-token-verifier.ts';
import { authenticate } from '#shared/app/access/authenticate.ts';
import { formatApiKey } from '#shared/domain/access/api-key.ts';
import { mayDo } from '#shared/domain/access/caller.ts';
import type { TokenVerifier } from '#shared/ports/access.ts';
import {
  API_KEY_ID,
  API_KEY_SECRET,
  anApiKey,
  aTokenPool,
  forgedTokens,
  idToken,
  NO_WORKFLOWS,
} from '#test/builders/index.ts';
import { fakeClock, makeMemoryApiKeyStore, makeRecordingLog } from '#test/fakes/index.ts';

const POOL = aTokenPool();
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
const noTokens: TokenVerifier = { verify: () => Promise.reject(new Error('No token is expected.')) };

function setUp(change: { readonly tokens?: TokenVerifier } = {}) {
  const asked: string[] = [];
  const fetchKeySet = async (address: unknown) => {
    asked.push(String(address));
    return Response.json(POOL.keySet);
  };
  const tokens = makeCognitoTokenVerifier({ ...POOL, fetch: fetchKeySet as typeof fetch });
  const apiKeys = makeMemoryApiKeyStore();
  return { tokens, apiKeys, clock: fakeClock(), log: makeRecordingLog(), ...NO_WORKFLOWS, asked, ...change };
}

describe('a person with an ID token', () => {
  it('is let in with the roles that their groups are', async () => {
    const deps = setUp();
    const outcome = await authenticate(
      bearer(idToken(POOL, { 'cognito:groups': ['operator', 'payments', 'viewer'] })),
      deps,
    );
    expect(outcome).toMatchObject({
      kind: 'accepted',
      caller: {
        kind: 'person',
        id: 'b1a5c0de-0000-4000-8000-000000000001',
        name: 'ops@example.com',
        roles: ['viewer', 'operator'],
        claims: { token_use: 'id', email: 'Ops@Example.com' },
      },
    });
    expect(deps.asked).toEqual([`${POOL.issuer}/.well-known/jwks.json`]);
  });

  it.each([
    ['no groups', undefined],
    ['no list of groups', 'admin'],
    ['the groups as the HTTP API writes them', '[admin]'],
    ['an empty list of groups', []],
    ['groups that are no roles', ['payments', 'Admin', 'ADMIN', 'admin ', 'administrator', '__proto__', 'constructor']],
    ['groups that are no texts', [['admin'], { admin: true }, null, 1]],
  ])('may do nothing with %s', async (_, groups) => {
    const outcome = await authenticate(bearer(idToken(POOL, { 'cognito:groups': groups })), setUp());
    if (outcome.kind !== 'accepted') throw new Error(`It is ${outcome.kind}.`);
    expect(outcome.caller.roles).toEqual([]);
    expect((['read', 'operate', 'approve', 'administer'] as const).some((one) => mayDo(outcome.caller, one))).toBe(
      false,
    );
  });

  it('goes by the user name when the pool did not verify the address', async () => {
    const token = idToken(POOL, { email_verified: false, 'cognito:username': 'ops' });
    expect(await authenticate(bearer(token), setUp())).toMatchObject({ caller: { name: 'ops' } });
  });

  it('may write the scheme as they like, and the header of the token may name its type', async () => {
    const token = idToken(POOL, {}, { typ: 'JWT' });
    expect(await authenticate({ authorization: `bEARER ${token}` }, setUp())).toMatchObject({ kind: 'accepted' });
  });
});

describe('a forged token', () => {
  const forged = Object.entries(forgedTokens(POOL));

  it.each(forged)('is refused: %s', async (_, token) => {
    const { asked, ...deps } = setUp();
    const outcome = await authenticate(bearer(token), deps);
    expect(outcome).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(/^The (token|header) [^.]+\.( Sign in again\.)?$/),
    });
    // Whatever a token says, keys come from the pool alone.
    expect(asked.filter((address) => address !== `${POOL.issuer}/.well-known/jwks.json`)).toEqual([]);
  });

  it.each([
    ['is not an ID token', { token_use: 'access' }],
    ['is not an ID token', { token_use: undefined }],
    ['was issued for another client', { aud: 'another' }],
    ['was not issued by the user pool', { iss: 'https://example.com' }],
    ['has expired. Sign in again', { exp: 1 }],
    ['is not valid yet', { nbf: 4_000_000_000 }],
    ['is not valid yet', { iat: 4_000_000_000, exp: 4_000_000_900 }],
    ['does not have the form of an ID token of the user pool', { exp: undefined }],
    ['identifies no person', { sub: '' }],
  ])('is told why: it %s', async (reason, claims) => {
    expect(await authenticate(bearer(idToken(POOL, claims)), setUp())).toEqual({
      kind: 'refused',
      reason: `The token ${reason}.`,
    });
  });

  it('is refused for its algorithm also when the key set names none', async () => {
    const keySet = { keys: POOL.keySet.keys.map((key) => ({ ...key, alg: undefined })) };
    const tokens = makeCognitoTokenVerifier({ ...POOL, fetch: (async () => Response.json(keySet)) as typeof fetch });
    const forgedNames = [
      'RS384 by the pool',
      'RS512 by the pool',
      'PS256 by the pool',
      'HS256 with the public key in PEM',
    ];
    const tried = forged.filter(([name]) => forgedNames.includes(name));
    expect(tried).toHaveLength(4);
    for (const [, token] of tried) expect((await authenticate(bearer(token), setUp({ tokens }))).kind).toBe('refused');
    expect((await authenticate(bearer(idToken(POOL)), setUp({ tokens }))).kind).toBe('accepted');
  });

  it('is refused as soon as it expires, although it was accepted before', async () => {
    const deps = setUp();
    const exp = Math.ceil(Date.now() / 1000) + 1;
    const token = idToken(POOL, { exp });
    expect((await authenticate(bearer(token), deps)).kind).toBe('accepted');
    expect((await authenticate(bearer(token), deps)).kind).toBe('accepted');
    await vi.waitUntil(() => Date.now() >= exp * 1000 + 1000, { timeout: 5000 });
    expect(await authenticate(bearer(token), deps)).toEqual({
      kind: 'refused',
      reason: 'The token has expired. Sign in again.',
    });
  });

  it('is refused the same after a genuine one was accepted', async () => {
    const deps = setUp();
    expect(await authenticate(bearer(idToken(POOL)), deps)).toMatchObject({ kind: 'accepted' });
    const outcomes = await Promise.all(
      forged.map(async ([name, token]) => [name, await authenticate(bearer(token), deps)] as const),
    );
    expect(outcomes.filter(([, { kind }]) => kind !== 'refused')).toEqual([]);
    expect(await authenticate(bearer(idToken(POOL)), deps)).toMatchObject({ kind: 'accepted' });
    // An unknown key has the key set read again, but not at each request.
    expect(deps.asked).toHaveLength(2);
  });
});

describe('whatever is sent', () => {
  it('no text at all is let in, and none breaks the check', async () => {
    const deps = setUp();
    const scheme = fc.constantFrom('Bearer ', 'bearer ', '', 'Basic ', 'Bearer sh_', 'Bearer eyJ');
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.stringMatching(/^[\w-]{1,40}\.[\w-]{1,80}\.[\w-]{1,40}$/),
    );
    await fc.assert(
      fc.asyncProperty(scheme, text, async (before, after) => {
        expect((await authenticate({ authorization: before + after }, deps)).kind).toBe('refused');
      }),
      { numRuns: 500 },
    );
  });

  it('a genuine token with any character changed, left out or added is not let in', async () => {
    const deps = setUp();
    const genuine = idToken(POOL);
    expect((await authenticate(bearer(genuine), deps)).kind).toBe('accepted');
    const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~'];
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: genuine.length - 1 }),
        fc.constantFrom('', ...characters),
        fc.boolean(),
        async (at, character, added) => {
          const changed = genuine.slice(0, at) + character + genuine.slice(added ? at : at + 1);
          fc.pre(changed !== genuine);
          expect((await authenticate(bearer(changed), deps)).kind).toBe('refused');
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a request', () => {
  it.each([
    ['without the header', {}],
    ['with an empty header', { authorization: '' }],
    ['with the scheme alone', { authorization: 'Bearer ' }],
    ['with another scheme', { authorization: 'Basic b3BzOng=' }],
    ['with a token without scheme', { authorization: idToken(POOL) }],
    ['with two tokens', { authorization: `Bearer ${idToken(POOL)}, Bearer ${idToken(POOL)}` }],
    ['with the token in another header', { 'x-authorization': `Bearer ${idToken(POOL)}` }],
    ['with the token in a cookie', { cookie: `authorization=${idToken(POOL)}` }],
  ])('%s is refused', async (_, headers) => {
    expect(await authenticate(headers, setUp())).toMatchObject({ kind: 'refused' });
  });
});

describe('the key set of the pool', () => {
  const answering = (answer: () => Response | Promise<Response>) =>
    setUp({ tokens: makeCognitoTokenVerifier({ ...POOL, fetch: (async () => answer()) as typeof fetch }) });

  it.each([
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['is answered with status 500', () => new Response('', { status: 500 })],
    ['is answered with status 404', () => new Response('{"keys":[]}', { status: 404 })],
    ['is no JSON', () => new Response('<html>')],
    ['is no key set', () => Response.json({ keys: 'none' })],
    ['holds something that is no key', () => Response.json({ keys: [{ kid: POOL.kid }] })],
    ['is endless', () => Response.json({ ...POOL.keySet, padding: 'x'.repeat(200_000) })],
  ])('%s: nobody is let in, and that it may pass is said', async (_, answer) => {
    expect(await authenticate(bearer(idToken(POOL)), answering(answer))).toEqual({
      kind: 'unavailable',
      reason: 'The keys of the user pool cannot be read at the moment. Try again.',
    });
  });

  it('is asked for again after it could not be read, and a second time at once', async () => {
    const answers = [
      () => Response.error(),
      () => Response.error(),
      () => Response.error(),
      () => Response.json(POOL.keySet),
    ];
    const deps = answering(() => (answers.shift() ?? Response.error)());
    expect((await authenticate(bearer(idToken(POOL)), deps)).kind).toBe('unavailable');
    expect((await authenticate(bearer(idToken(POOL)), deps)).kind).toBe('accepted');
    expect(answers).toEqual([]);
  });

  it('that has no key refuses', async () => {
    const deps = answering(() => Response.json({ keys: [] }));
    expect((await authenticate(bearer(idToken(POOL)), deps)).kind).toBe('refused');
  });

  it('is read from the local runtime when there is one', async () => {
    const asked: unknown[] = [];
    const send = async (address: unknown) => {
      asked.push(String(address));
      return Response.json(POOL.keySet);
    };
    const tokens = makeCognitoTokenVerifier({
      ...POOL,
      endpoint: 'http://127.0.0.1:4566',
      fetch: send as typeof fetch,
    });
    expect((await authenticate(bearer(idToken(POOL)), setUp({ tokens }))).kind).toBe('accepted');
    expect(asked).toEqual(['http://127.0.0.1:4566/eu-west-1_AbCdEf123/.well-known/jwks.json']);
  });
});

describe('an API key', () => {
  const KEY = formatApiKey(API_KEY_ID, API_KEY_SECRET);
  const withKey = async (change: Parameters<typeof anApiKey>[0] = {}) => {
    const deps = setUp({ tokens: noTokens });
    await deps.apiKeys.create(anApiKey(change));
    return deps;
  };
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  it('lets a program in with the roles of the key', async () => {
    const deps = await withKey({ roles: ['viewer', 'operator'] });
    expect(await authenticate(bearer(KEY), deps)).toEqual({
      kind: 'accepted',
      caller: {
        kind: 'key',
        id: API_KEY_ID,
        name: 'wall display',
        roles: ['viewer', 'operator'],
        createdBy: { kind: 'person', id: 'subject-1', name: 'admin@example.com' },
      },
    });
  });

  it.each([
    ['another secret', formatApiKey(API_KEY_ID, 'f'.repeat(64))],
    ['a secret that differs in its last character', `${KEY.slice(0, -1)}0`],
    ['another id with the right secret', formatApiKey('b'.repeat(16), API_KEY_SECRET)],
    ['the hash in place of the secret', formatApiKey(API_KEY_ID, anApiKey().secretHash)],
    ['the secret in upper case', formatApiKey(API_KEY_ID, API_KEY_SECRET.toUpperCase())],
    ['no secret', `sh_${API_KEY_ID}_`],
    ['no id', `sh__${API_KEY_SECRET}`],
    ['a part more', `${KEY}_${API_KEY_SECRET}`],
    ['a pattern as id', formatApiKey('*', API_KEY_SECRET)],
    ['the prefix alone', 'sh_'],
    ['the sort key of another item', formatApiKey('META', API_KEY_SECRET)],
    ['a secret of zeros, for a key that is not there', formatApiKey('c'.repeat(16), '0'.repeat(64))],
    ['a million characters', `sh_${'a'.repeat(1_000_000)}`],
  ])('is refused with %s, and nobody learns which part is wrong', async (_, text) => {
    const deps = await withKey();
    expect(await authenticate(bearer(text), deps)).toEqual({ kind: 'refused', reason: 'The API key is not valid.' });
  });

  it('is refused from the instant of its expiry on, and when it was revoked', async () => {
    const deps = await withKey({ expiresAt: '2026-11-21T13:00:00.000Z' });
    deps.clock.set('2026-11-21T12:59:59.999Z');
    expect((await authenticate(bearer(KEY), deps)).kind).toBe('accepted');
    deps.clock.set('2026-11-21T13:00:00.000Z');
    expect(await authenticate(bearer(KEY), deps)).toEqual({
      kind: 'refused',
      reason: `The API key ${API_KEY_ID} has expired.`,
    });
    await deps.apiKeys.revoke(API_KEY_ID, anApiKey().createdBy, deps.clock.now());
    expect(await authenticate(bearer(KEY), deps)).toEqual({
      kind: 'refused',
      reason: `The API key ${API_KEY_ID} has been revoked.`,
    });
  });

  it('tells nobody without its secret that it expired or was revoked', async () => {
    const deps = await withKey({ expiresAt: '2026-11-21T12:00:00.000Z', revokedAt: '2026-11-21T11:00:00.000Z' });
    expect(await authenticate(bearer(formatApiKey(API_KEY_ID, 'f'.repeat(64))), deps)).toMatchObject({
      reason: 'The API key is not valid.',
    });
  });

  it.each([
    ['right', KEY],
    ['wrong', formatApiKey(API_KEY_ID, 'f'.repeat(64))],
    ['of no key', formatApiKey('b'.repeat(16), API_KEY_SECRET)],
  ])('has its secret compared in constant time: %s', async (_, text) => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    await authenticate(bearer(text), await withKey());
    expect(compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual([[32, 32]]);
  });

  it('costs one read of one item however many are tried, and none without the form of a key', async () => {
    const deps = await withKey();
    const reads: string[] = [];
    const get = (id: string) => {
      reads.push(id);
      return deps.apiKeys.get(id);
    };
    const counting = { ...deps, apiKeys: { ...deps.apiKeys, get } };
    const tried = Array.from({ length: 200 }, (_, at) => at.toString(16).padStart(16, '0'));
    for (const id of tried) await authenticate(bearer(formatApiKey(id, API_KEY_SECRET)), counting);
    expect(reads).toEqual(tried);
    await authenticate(bearer('sh_x_y'), counting);
    expect(reads).toEqual(tried);
  });

  it('notes when it was used, once an hour, and never when it was refused', async () => {
    const deps = await withKey();
    const noteUse = vi.spyOn(deps.apiKeys, 'noteUse');
    await authenticate(bearer(formatApiKey(API_KEY_ID, 'f'.repeat(64))), deps);
    expect(noteUse).not.toHaveBeenCalled();
    for (let minute = 0; minute < 120; minute += 1) {
      await authenticate(bearer(KEY), deps);
      deps.clock.advance(60_000);
    }
    expect(noteUse).toHaveBeenCalledTimes(2);
  });

  it('lets its program in although its use could not be noted', async () => {
    const deps = await withKey();
    const apiKeys = { ...deps.apiKeys, noteUse: () => Promise.reject(new Retryable('throttled')) };
    expect(await authenticate(bearer(KEY), { ...deps, apiKeys })).toMatchObject({ kind: 'accepted' });
    expect(deps.log.entries).toEqual([
      { level: 'warn', message: 'The use of an API key was not recorded', fields: { error: 'Retryable' } },
    ]);
  });

  it('lets nobody in while keys cannot be read, and says that it may pass', async () => {
    const deps = setUp({ tokens: noTokens });
    const failing = (error: Error) => ({ ...deps, apiKeys: { ...deps.apiKeys, get: () => Promise.reject(error) } });
    expect(await authenticate(bearer(KEY), failing(new Retryable('throttled')))).toEqual({
      kind: 'unavailable',
      reason: 'API keys cannot be read at the moment. Try again.',
    });
    await expect(authenticate(bearer(KEY), failing(new Error('a bug')))).rejects.toThrow('a bug');
  });
});
