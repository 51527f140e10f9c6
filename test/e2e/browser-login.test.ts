import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { makeTerminal } from '@selfheal/cli-kit/terminal.ts';
import { codeOf } from '@selfheal/local-cloud/identity/challenges.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { openStage, outputOf, type Stage } from '#apps/local/stage.ts';
import { runCli } from '#apps/workbench/cli.ts';
import { LOOPBACK_CALLBACKS } from '#shared/domain/access/browser-sign-in.ts';
import { anAssembly } from './support/assemblies.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const TOTP = 'JBSWY3DPEHPK3PXP';

let stage: Stage;
beforeAll(async () => {
  const { assemblyDir } = await anAssembly({});
  stage = await openStage({ assemblyDir });
  await stage.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['viewer']);
  const options = { temporary: true, totpSecret: TOTP };
  await stage.runtime.createUser('kay', 'kay@example.com', PASSWORD, ['viewer'], options);
});
afterAll(() => stage?.stop());

/** Runs a command line; `said` resolves with what stderr holds once it fits. */
function selfheal(folder: string, ...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let [text, errors] = ['', ''];
  stdout.on('data', (piece: Buffer) => (text += piece));
  stderr.on('data', (piece: Buffer) => (errors += piece));
  const environment = { SELFHEAL_CONFIG_DIR: folder };
  const terminal = makeTerminal({ stdin: Readable.from([]), stdout, stderr, environment, now: Date.now });
  const done = runCli(args, COMMANDS, terminal).then((code) => ({ code, text, errors }));
  const said = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(errors)?.[0];
      if (found !== undefined) return found;
      await Promise.race([
        new Promise((resolve) => stderr.once('data', resolve)),
        done.then(({ errors: all }) => {
          if (!pattern.test(all)) throw new Error(`It ended and said only: ${all}`);
        }),
      ]);
    }
  };
  return { done, said };
}

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-login-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A sign-in that waits for the browser. */
async function begin(...options: string[]) {
  const folder = aFolder();
  const command = selfheal(folder, 'login', '--url', stage.runtime.endpoint, '--no-browser', ...options);
  const address = new URL(await command.said(/http\S+\/oauth2\/authorize\?\S+/));
  return { ...command, folder, address, session: join(folder, 'session.json') };
}

/** What a browser does: no redirect is followed by itself, so that the test sees each. */
const open = (address: string | URL, init: RequestInit = {}) => fetch(address, { redirect: 'manual', ...init });

function hiddenOf(html: string): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [, name = '', value = ''] of html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g))
    fields.set(name, value.replaceAll('&amp;', '&'));
  return fields;
}

/** Fills in the form of a page, with what the page carries along. */
async function submit(page: Response, fields: Readonly<Record<string, string>>): Promise<Response> {
  const html = await page.text();
  // Of two forms the first one counts; both carry the same.
  const body = hiddenOf(html.slice(0, html.indexOf('</form>')));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const { origin } = new URL(stage.runtime.endpoint);
  return await open(`${origin}/oauth2/authorize`, { method: 'POST', body, headers: { origin } });
}

/** Signs in on the page; gives where the browser is sent. */
async function signInAt(address: URL, fields: Readonly<Record<string, string>>): Promise<URL> {
  const answer = await submit(await open(address), fields);
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '');
}
const ADA = { user: 'ada@example.com', password: PASSWORD };

describe('selfheal login', () => {
  it('sends the browser to the issuer, takes its code with PKCE, and stores a session that works and refreshes', async () => {
    const { address, done, folder, session } = await begin();
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: outputOf(stage.runtime, 'UserPoolClientId'),
      scope: 'openid',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(LOOPBACK_CALLBACKS).toContain(address.searchParams.get('redirect_uri'));
    const back = await signInAt(address, ADA);
    expect(`${back.origin}${back.pathname}`).toBe(address.searchParams.get('redirect_uri'));
    const page = await open(back);
    expect([page.status, page.headers.get('content-security-policy'), page.headers.get('referrer-policy')]).toEqual([
      200,
      "default-src 'none'; frame-ancestors 'none'",
      'no-referrer',
    ]);
    expect(await page.text()).toContain('You are signed in');
    expect(await done).toMatchObject({
      code: 0,
      errors: expect.stringContaining(`signed in at ${stage.runtime.endpoint}`),
    });
    expect(statSync(session).mode & 0o777).toBe(0o600);
    const me = async () => JSON.parse((await selfheal(folder, 'doctor', '--json').done).text).checks;
    const signedIn = {
      name: 'Deployment',
      state: 'ok',
      detail: expect.stringContaining('you are ada@example.com with viewer'),
    };
    expect(await me()).toContainEqual(signedIn);
    // The refresh token of the code flow is one of the user pool's as any other.
    const { refreshToken } = JSON.parse(readFileSync(session, 'utf8'));
    const refreshed = await fetch(`${stage.runtime.endpoint}/api/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
    });
    expect(refreshed.status).toBe(200);
  });

  it('leads through a temporary password and the code of an authenticator', async () => {
    const { address, done } = await begin();
    const chosen = `${PASSWORD}-2`;
    const asked = await submit(await open(address), { user: 'kay@example.com', password: PASSWORD });
    const short = await submit(asked, { answer: 'short' });
    expect(await short.clone().text()).toContain('Password not long enough');
    const forCode = await submit(short, { answer: chosen });
    expect(await forCode.clone().text()).toContain('Code of your authenticator');
    const end = await submit(forCode, { answer: codeOf(TOTP) });
    expect((await open(end.headers.get('location') ?? '')).status).toBe(200);
    expect((await done).code).toBe(0);
  });

  it('refuses an answer with another state or without one, and goes on waiting for its own', async () => {
    const { address, done, said } = await begin();
    const back = await signInAt(address, ADA);
    for (const state of ['x'.repeat(43), '']) {
      const forged = new URL(back);
      forged.searchParams.set('state', state);
      expect((await open(forged)).status).toBe(400);
    }
    await said(/another state/);
    expect((await open(new URL('/', back))).status).toBe(404);
    expect((await open(back)).status).toBe(200);
    expect((await done).code).toBe(0);
  });

  it('stores nothing for a code that was used before', async () => {
    const { address, done, session } = await begin();
    const back = await signInAt(address, ADA);
    await exchange(address, back.searchParams.get('code') ?? '', 'somebody-elses-verifier');
    const page = await open(back);
    expect([page.status, await page.text()]).toEqual([400, expect.stringContaining('You are not signed in')]);
    expect(await done).toMatchObject({
      code: 2,
      errors: expect.stringContaining('did not take the code (invalid_grant)'),
    });
    expect(existsSync(session)).toBe(false);
  });

  it('stores nothing when the person cancels', async () => {
    const { address, done, session } = await begin();
    const back = await signInAt(address, { cancel: 'yes' });
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect((await open(back)).status).toBe(400);
    const { code, errors } = await done;
    expect([code, errors]).toEqual([2, expect.stringContaining('The sign-in was refused: access_denied.')]);
    expect(existsSync(session)).toBe(false);
  });

  it('ends when nobody signs in, and frees its port', async () => {
    const { address, done } = await begin('--wait', '1');
    const { code, errors } = await done;
    expect([code, errors]).toEqual([2, expect.stringMatching(/Nobody signed in within 1 seconds.*--user NAME/)]);
    await expect(open(address.searchParams.get('redirect_uri') ?? '')).rejects.toThrow();
    expect((await selfheal(aFolder(), 'login', '--url', stage.runtime.endpoint, '--wait', 'x').done).errors).toContain(
      '--wait x',
    );
  });

  it('takes the next port when another program has the first, and says so when all are taken', async () => {
    const taken: Server[] = [];
    onTestFinished(() => void taken.map((server) => server.close()));
    const take = (callback: string) =>
      new Promise<void>((resolve) => {
        const server = createServer((_, response) => response.end());
        taken.push(server);
        server.on('error', () => resolve()).listen(Number(new URL(callback).port), '127.0.0.1', () => resolve());
      });
    const [first = '', ...others] = LOOPBACK_CALLBACKS;
    await take(first);
    const { address, done } = await begin();
    expect(others).toContain(address.searchParams.get('redirect_uri'));
    expect((await open(await signInAt(address, ADA))).status).toBe(200);
    expect((await done).code).toBe(0);
    for (const callback of others) await take(callback);
    const none = await selfheal(aFolder(), 'login', '--url', stage.runtime.endpoint, '--no-browser').done;
    expect([none.code, none.errors]).toEqual([2, expect.stringMatching(/use the ports .*17431.*--user NAME/)]);
  });

  it('starts the browser that BROWSER names', async () => {
    const folder = aFolder();
    const out = join(folder, 'opened');
    const browser = join(folder, 'browser.mjs');
    writeFileSync(
      browser,
      `#!${process.execPath}\nimport { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(out)}, process.argv[2]);\n`,
      { mode: 0o755 },
    );
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const environment = { SELFHEAL_CONFIG_DIR: folder, BROWSER: browser };
    const terminal = makeTerminal({ stdin: Readable.from([]), stdout, stderr, environment, now: Date.now });
    await runCli(['login', '--url', stage.runtime.endpoint, '--wait', '4'], COMMANDS, terminal);
    expect(readFileSync(out, 'utf8')).toMatch(/\/oauth2\/authorize\?response_type=code&/);
  });
});

/** Presents a code at the issuer. */
async function exchange(address: URL, code: string, verifier: string, change: Readonly<Record<string, string>> = {}) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: address.searchParams.get('client_id') ?? '',
    redirect_uri: address.searchParams.get('redirect_uri') ?? '',
    code,
    code_verifier: verifier,
    ...change,
  });
  const response = await fetch(`${stage.runtime.endpoint}/oauth2/token`, { method: 'POST', body });
  return { status: response.status, json: (await response.json()) as { error?: string; id_token?: string } };
}

describe('the issuer', () => {
  const VERIFIER = 'v'.repeat(43);
  const request = (change: Readonly<Record<string, string>> = {}) => {
    const address = new URL(`${stage.runtime.endpoint}/oauth2/authorize`);
    for (const [name, value] of Object.entries({
      response_type: 'code',
      client_id: outputOf(stage.runtime, 'UserPoolClientId'),
      redirect_uri: LOOPBACK_CALLBACKS[0] ?? '',
      scope: 'openid',
      state: 'state-1',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
      ...change,
    }))
      address.searchParams.set(name, value);
    return address;
  };

  it('gives tokens for a code once, and only with its verifier, client and address', async () => {
    const codes = async () => (await signInAt(request(), ADA)).searchParams.get('code') ?? '';
    const wrong: [string, Readonly<Record<string, string>>][] = [
      ['w'.repeat(43), {}],
      ['', {}],
      [VERIFIER, { redirect_uri: LOOPBACK_CALLBACKS[1] ?? '' }],
    ];
    for (const [verifier, change] of wrong) {
      const code = await codes();
      expect(await exchange(request(), code, verifier, change)).toEqual({
        status: 400,
        json: { error: 'invalid_grant' },
      });
      // A code that was presented wrongly is over.
      expect((await exchange(request(), code, VERIFIER)).json).toEqual({ error: 'invalid_grant' });
    }
    const code = await codes();
    expect(await exchange(request(), code, VERIFIER, { client_id: 'unknown' })).toMatchObject({
      json: { error: 'invalid_client' },
    });
    expect((await exchange(request(), code, VERIFIER)).json.id_token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect((await exchange(request(), code, VERIFIER)).json).toEqual({ error: 'invalid_grant' });
    expect((await exchange(request(), code, VERIFIER, { grant_type: 'password' })).json.error).toBe(
      'unsupported_grant_type',
    );
  });

  it.each([
    ['an address that the client does not list', { redirect_uri: 'http://127.0.0.1:9/callback' }],
    ['an address elsewhere', { redirect_uri: 'https://evil.example/callback' }],
    ['an unknown client', { client_id: 'unknown' }],
  ])('sends nobody to %s', async (_what, change) => {
    const answer = await open(request(change));
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  });

  it.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_scope', { scope: 'openid aws.cognito.signin.user.admin' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
  ])('answers %s to the client', async (error, change) => {
    const answer = await open(request(change));
    const back = new URL(answer.headers.get('location') ?? '');
    expect([back.searchParams.get('error'), back.searchParams.get('state')]).toEqual([error, 'state-1']);
  });

  it('shows a page that runs nothing, escapes what it repeats, and says only that name or password is wrong', async () => {
    const page = await open(request({ state: '"><script>alert(1)</script>' }));
    const html = await page.clone().text();
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self' http:\/\/127\.0\.0\.1:17431; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(html).not.toContain('<script');
    const texts = await Promise.all(
      ['ada@example.com', 'nobody@example.com'].map(async (user) => {
        const answer = await submit(await open(request()), { user, password: 'wrong' });
        return [answer.status, /<p role="alert">([^<]*)/.exec(await answer.text())?.[1]];
      }),
    );
    expect(texts).toEqual([
      [200, 'Incorrect username or password.'],
      [200, 'Incorrect username or password.'],
    ]);
  });

  it('answers no page of another site', async () => {
    const { status } = await open(request(), {
      method: 'POST',
      body: new URLSearchParams(ADA),
      headers: { origin: 'https://evil.example' },
    });
    expect(status).toBe(403);
  });
});
