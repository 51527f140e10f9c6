import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '@selfheal/local-cloud/identity/challenges.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { IncidentAccount, IncidentDetails, IncidentPage } from '#functions/api/routes/incident-answers.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const PASSWORD = ['Correct', 'horse', 'battery', '1!'].join('-');

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  await healer.runtime.createUser('eve', 'eve@example.com', PASSWORD);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

interface Call {
  readonly token?: string;
  readonly method?: string;
  readonly body?: unknown;
}

async function call(path: string, { token, method = 'GET', body }: Call = {}) {
  const response = await fetch(`${healer.runtime.endpoint}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()) };
}

async function signIn(user: string): Promise<string> {
  const { status, json } = await call('/auth/login', { method: 'POST', body: { user, password: PASSWORD } });
  expect(status).toBe(200);
  return json.token;
}

/** The command line of somebody who keeps their session in this folder. */
async function selfheal(folder: string, args: readonly string[], typed = '') {
  const env = { PATH: process.env.PATH, SELFHEAL_CONFIG_DIR: folder };
  const child = spawn(process.execPath, ['apps/cli/main.ts', ...args], { env });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  child.stdin.end(typed);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

describe('the API of a deployment', () => {
  it('[D98] [D100] lists and shows what was healed, to whoever signed in with a role', async () => {
    const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
    const { id } = await healer.ended(run.runId);
    const token = await signIn('ada');
    const { incidents } = IncidentPage.parse(
      (await call(`/api/incidents?repository=${run.repository}&status=resolved`, { token })).json,
    );
    expect(incidents).toMatchObject([{ id, status: 'resolved', subject: { kind: 'run', runId: run.runId } }]);
    const details = IncidentDetails.parse((await call(`/api/incidents/${id.slice(0, 11)}`, { token })).json);
    expect(details.outcome.lead).toBe('Passed on attempt 2.');
    expect(details.briefing.evidence.flatMap(({ lines }) => lines).join()).toContain('ECONNRESET');
    const account = IncidentAccount.parse((await call(`/api/incidents/${id}/timeline`, { token })).json);
    expect(account.chain.kind).toBe('intact');
    expect(account.story.map(({ event }) => event)).toContain('incident.opened');
  });

  it('[D99] [D102] [D103] [D104] [D108] [E14] answers about incidents and logs where the documents ask, with a slash at the end or without', async () => {
    const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
    const { id } = await healer.ended(run.runId);
    const token = await signIn('ada');
    for (const slash of ['', '/']) {
      const severity = slash === '' ? 'high' : 'low';
      const changed = { title: 'Registry resets', severity, assignee: 'Grace', notes: 'seen at the standup' };
      const put = await call(`/incidents/${id}${slash}`, { token, method: 'PUT', body: changed });
      expect([put.status, put.json]).toMatchObject([200, { id, ...changed }]);
      const recent = await call(`/logs/recent${slash}?limit=5`, { token });
      expect(recent.json.entries.map(({ text }: { text: string }) => text).join()).toContain('ECONNRESET');
      const statistics = (await call(`/logs/statistics${slash}`, { token })).json;
      expect(statistics.classes.network_connectivity).toBeGreaterThan(0);
      expect(statistics.levels.error).toBeGreaterThan(0);
      const post = (path: string, body: unknown) => call(`${path}${slash}`, { token, method: 'POST', body });
      const patterns = [{ name: 'reset', pattern: 'ECONNRESET' }];
      expect((await post('/logs/patterns', { patterns })).json.patterns[0].matches).toBeGreaterThan(0);
      const logs = ['2026-11-21T12:00:01Z ERROR connect ECONNREFUSED 10.0.0.5:5432'];
      const { json } = await post('/api/logs/analyze', { logs });
      expect(json).toMatchObject({ root_cause: { class: 'service_unavailability' } });
      const advice = await post('/recommend', { root_cause: 'Database outage' });
      expect(advice.json.steps.join(' ')).toMatch(/database/i);
    }
    const { story } = (await call(`/api/incidents/${id}/timeline`, { token })).json;
    expect(JSON.stringify(story)).toContain('ada@example.com');
  });

  it('[D105] [D106] [D107] signs in with a password, renews the token and says who that is', async () => {
    const login = await call('/auth/login', { method: 'POST', body: { username: 'ada', password: PASSWORD } });
    const { refreshToken } = login.json;
    const again = await call('/auth/refresh', { method: 'POST', body: { refreshToken } });
    for (const { status, json } of [login, again]) {
      expect([status, json.expiresInSeconds]).toEqual([200, expect.any(Number)]);
      const me = await call('/auth/me', { token: json.token });
      expect(me.json).toMatchObject({ kind: 'person', name: 'ada@example.com', roles: ['admin'] });
    }
    const refused = await call('/auth/refresh', { method: 'POST', body: { refreshToken: `${refreshToken}x` } });
    expect(refused.status).toBe(401);
    expect((await call('/auth/me')).status).toBe(401);
  });

  it('knows an API key until it is revoked, and lets it do no more than its roles', async () => {
    const token = await signIn('ada');
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const order = { name: 'dashboard', roles: ['viewer'], expiresAt };
    const { json } = await call('/api/keys', { token, method: 'POST', body: order });
    const key = json.text as string;
    expect((await call('/api/incidents', { token: key })).status).toBe(200);
    expect((await call('/api/keys', { token: key })).status).toBe(403);
    expect((await call(`/api/keys/${json.key.id}`, { token, method: 'DELETE' })).status).toBe(200);
    expect((await call('/api/incidents', { token: key })).status).toBe(401);
  });

  it('shows nothing to a stranger, and nothing to a person without a role', async () => {
    expect((await call('/api/incidents')).status).toBe(401);
    const { status, json } = await call('/api/incidents', { token: await signIn('eve') });
    expect(status).toBe(403);
    expect(json.detail).toContain('no role');
    const wrong = await call('/api/auth/login', { method: 'POST', body: { user: 'ada', password: 'wrong' } });
    expect(wrong.status).toBe(401);
  });

  it('[D114] is healthy and described without a sign-in', async () => {
    for (const path of ['/api/health', '/health']) expect((await call(path)).json.status).toBe('ok');
    expect((await call('/api/openapi.json')).json.openapi).toBe('3.1.0');
  });
});

describe('the command line', () => {
  it('signs in with a new password in place of a temporary one, and with the code of an authenticator', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-session-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const secret = 'JBSWY3DPEHPK3PXP'.repeat(2);
    const options = { temporary: true, totpSecret: secret };
    await healer.runtime.createUser('kay', 'kay@example.com', PASSWORD, ['viewer'], options);
    const login = (...typed: string[]) =>
      selfheal(
        folder,
        ['login', '--url', healer.runtime.endpoint, '--user', 'kay@example.com'],
        typed.map((line) => `${line}\n`).join(''),
      );
    const chosen = `${PASSWORD}-2`;
    expect((await login(PASSWORD)).stderr).toContain('The password is a temporary one: choose your own.');
    expect((await login(PASSWORD, chosen, `${chosen}x`)).stderr).toContain('The two new passwords differ');
    expect((await login(PASSWORD, 'short', 'short')).stderr).toContain('Password not long enough');
    const signedIn = await login(PASSWORD, chosen, chosen, codeOf(secret));
    expect([signedIn.code, signedIn.stderr]).toEqual([0, expect.stringContaining('signed in as kay@example.com')]);
    expect((await selfheal(folder, ['incident', 'list'])).code).toBe(0);
    const wrongCode = `${(Number(codeOf(secret)) + 500_000) % 1_000_000}`.padStart(6, '0');
    expect((await login(chosen, wrongCode)).stderr).toContain('The code is wrong.');
    expect((await login(PASSWORD)).stderr).toContain('User name or password is wrong.');
    expect((await login(chosen, codeOf(secret))).code).toBe(0);
  });

  it('keeps several sign-ins by profile, and shows live what happens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-session-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { endpoint: url } = healer.runtime;
    const profile = ['--profile', 'shop'];
    const login = ['login', '--url', url, '--user', 'ada@example.com'];
    expect((await selfheal(folder, [...login, '--profile', '../up'], `${PASSWORD}\n`)).stderr).toContain(
      '--profile ../up',
    );
    expect((await selfheal(folder, [...login, ...profile], `${PASSWORD}\n`)).code).toBe(0);
    expect((await selfheal(folder, ['incident', 'list'])).stderr).toContain('No address');
    expect((await selfheal(folder, ['incident', 'list', ...profile])).code).toBe(0);
    const checks = await selfheal(folder, ['doctor', ...profile, '--json']);
    expect(JSON.parse(checks.stdout).checks).toContainEqual({
      name: 'Deployment',
      state: 'ok',
      detail: expect.stringContaining('you are ada@example.com with admin'),
    });
    const noRole = await selfheal(folder, ['login', '--url', url, '--user', 'eve@example.com'], `${PASSWORD}\n`);
    expect(noRole.code).toBe(0);
    const refused = await selfheal(folder, ['doctor']);
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringMatching(/failed {2}Deployment: .*"read"/)]);

    const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
    const watching = selfheal(folder, ['watch', ...profile, '--every', '1', '--for', '15', '--json']);
    const { id } = await healer.ended(run.runId);
    const { code, stdout, stderr } = await watching;
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const last = lines.filter(({ incident }) => incident.id === id).at(-1);
    expect([last.incident.status, last.change]).toEqual(['resolved', expect.stringMatching(/resolved$/)]);
    expect((await selfheal(folder, ['logout', ...profile])).stderr).toContain('was removed');
    expect((await selfheal(folder, ['incident', 'list', ...profile])).code).toBe(2);
  });

  it('[D121] starts everything on this machine by its old name, heals the samples and ends', async () => {
    const { code, stdout } = await selfheal(tmpdir(), ['start-services', '--once']);
    expect(stdout).toContain('4 of 4 samples ended as expected.');
    expect(code).toBe(0);
    expect((await selfheal(tmpdir(), ['start', '--port', 'x'])).stderr).toContain('--port x: expected');
  });

  it('signs in, lists, shows and explains incidents, and signs out', async () => {
    const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
    const { id } = await healer.ended(run.runId);
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-session-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const url = healer.runtime.endpoint;
    const before = await selfheal(folder, ['incident', 'list']);
    expect([before.code, before.stderr]).toEqual([2, expect.stringContaining('run "selfheal login --url URL"')]);
    const wrong = await selfheal(folder, ['login', '--url', url, '--user', 'ada@example.com'], 'wrong\n');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('User name or password is wrong.')]);

    const login = await selfheal(folder, ['login', '--url', url, '--user', 'ada@example.com'], `${PASSWORD}\n`);
    expect([login.code, login.stderr]).toEqual([0, expect.stringContaining('signed in as ada@example.com')]);
    const file = join(folder, 'session.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(PASSWORD);

    const listed = await selfheal(folder, ['incident', 'list', '--repo', run.repository, '--json']);
    expect(
      listed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toContain(id);
    const shown = await selfheal(folder, ['incident', 'show', id.slice(0, 12)]);
    expect(shown.stdout).toContain('Passed on attempt 2.');
    expect(shown.stdout).toContain('ECONNRESET');
    const explained = await selfheal(folder, ['incident', 'explain', id]);
    expect([explained.code, explained.stdout]).toEqual([0, expect.stringContaining('It ended: resolved')]);
    expect((await selfheal(folder, ['incident', 'explain', id, '--head', '0'.repeat(64)])).code).toBe(1);

    // An expired token is refreshed by itself.
    const session = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...session, token: 'old', expiresAt: new Date(0).toISOString() }));
    expect((await selfheal(folder, ['incident', 'list'])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8')).token).not.toBe('old');

    expect((await selfheal(folder, ['logout'])).stderr).toContain('was removed');
    expect((await selfheal(folder, ['incident', 'list'])).code).toBe(2);
  });
});
