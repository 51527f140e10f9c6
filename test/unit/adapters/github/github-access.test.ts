import { createVerify, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { type ScriptedServer, startServer } from './scripted-server.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SHOP = { owner: 'acme', repo: 'shop' };
const BUY = 'POST /app/installations/31/access_tokens';
const HOUR = 3_600_000;

let github: ScriptedServer;
let clock: ReturnType<typeof fakeClock>;
beforeEach(async () => {
  github = await startServer();
  clock = fakeClock();
});
afterEach(() => github.close());

const access = (secret: Record<string, string>) =>
  githubAccess({ apiUrl: github.url, secret: async () => secret, clock });
const aToken = (token: string) => ({
  status: 201,
  json: { token, expires_at: new Date(clock.now().getTime() + HOUR).toISOString() },
});
const app = (more: Record<string, string> = {}) => ({ appId: '7', privateKey: PEM, installationId: '31', ...more });

describe('access to GitHub by the token secret', () => {
  it('is a plain token where there is one, and no bot', async () => {
    const { token, botLogin } = access({ token: 'plain' });
    expect([await token(SHOP), await token(null), await botLogin?.()]).toEqual(['plain', 'plain', null]);
    expect(github.requests).toEqual([]);
  });

  it('[A67] may be a fine-grained token, which is used as it is', async () => {
    const fineGrained = ['github', 'pat', '11ABCDEFG0', 'local'].join('_');
    const { token } = access({ token: fineGrained });
    github.on('GET /repos/acme/shop/actions/runs/7', { status: 404, json: {} });
    const host = makeGithubCodeHost({ apiUrl: github.url, token, clock });
    await expect(host.getRun('acme/shop', 7)).rejects.toMatchObject({ name: 'Refused' });
    expect(github.requests.map(({ authorization }) => authorization)).toEqual([`Bearer ${fineGrained}`]);
  });

  it('signs a JWT by RS256 that ends within ten minutes', async () => {
    github.on(BUY, aToken('one'));
    await access(app()).token(SHOP);
    const [header = '', claims = '', signature = ''] = (github.requests[0]?.authorization ?? '').slice(7).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
    const { iat, exp, iss } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const now = clock.now().getTime() / 1000;
    expect([iss, iat, exp]).toEqual(['7', now - 60, now + 540]);
    const check = createVerify('sha256').update(`${header}.${claims}`);
    expect(check.verify(publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('keeps an installation token until shortly before its end', async () => {
    github.on(BUY, aToken('one'), aToken('two'));
    const { token } = access(app());
    expect([await token(SHOP), await token({ owner: 'ACME', repo: 'other' })]).toEqual(['one', 'one']);
    clock.advance(HOUR - 5 * 60_000 - 1);
    expect(await token(SHOP)).toBe('one');
    clock.advance(1);
    expect(await token(null)).toBe('two');
  });

  it('does not keep a failure, and forgets tokens of an app whose key was changed', async () => {
    github.on(BUY, { status: 404, json: {} }, aToken('one'), aToken('two'));
    const secret = app();
    const { token } = access(secret);
    await expect(token(SHOP)).rejects.toMatchObject({ name: 'Refused' });
    expect(await token(SHOP)).toBe('one');
    secret.appId = '8';
    expect(await token(SHOP)).toBe('two');
  });

  it('writes as the bot of the app', async () => {
    github.on('GET /app', { json: { slug: 'acme-heals' } });
    const { botLogin } = access(app());
    expect([await botLogin?.(), await botLogin?.()]).toEqual(['acme-heals[bot]', 'acme-heals[bot]']);
    expect(github.requests).toHaveLength(1);
  });

  it('takes a key whose line breaks were escaped', async () => {
    github.on(BUY, aToken('one'));
    expect(await access(app({ privateKey: PEM.replaceAll('\n', '\\n') })).token(SHOP)).toBe('one');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['nothing', {}, /neither token nor appId and privateKey/],
    ['an empty token', { token: '' }, /neither token/],
    ['no key', { appId: '7' }, /lacks privateKey/],
    ['no number', { privateKey: PEM }, /lacks appId/],
    ['a key that is none', { appId: '7', privateKey: 'not-a-key' }, /privateKey .* is not the RSA private key/],
    ['an installation that is no number', app({ installationId: 'acme' }), /installationId .* is not a number/],
  ])('says what is wrong with a secret of %s, and never quotes it', async (_what, secret, words) => {
    const asked = access(secret).token(SHOP);
    await expect(asked).rejects.toMatchObject({ name: 'Refused', message: expect.stringMatching(words) });
    await expect(asked).rejects.not.toThrow(/not-a-key|BEGIN/);
  });
});
