import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IncidentAccount, IncidentDetails, IncidentPage } from '#functions/api/routes/incidents.ts';
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

describe('the API of a deployment', () => {
  it('[D98] [D100] lists and shows what was healed, to whoever signed in with a role', async () => {
    const run = healer.world.samples.failRun('transient', { rerunMs: 40 });
    const { id } = await healer.ended(run.runId);
    const token = await signIn('ada');
    const { incidents } = IncidentPage.parse(
      (await call(`/api/incidents?repository=${run.repository}&status=resolved`, { token })).json,
    );
    expect(incidents).toMatchObject([{ id, status: 'resolved', subject: { kind: 'github-run', runId: run.runId } }]);
    const details = IncidentDetails.parse((await call(`/api/incidents/${id.slice(0, 11)}`, { token })).json);
    expect(details.outcome.lead).toBe('Passed on attempt 2.');
    expect(details.briefing.evidence.flatMap(({ lines }) => lines).join()).toContain('ECONNRESET');
    const account = IncidentAccount.parse((await call(`/api/incidents/${id}/timeline`, { token })).json);
    expect(account.chain.kind).toBe('intact');
    expect(account.story.map(({ event }) => event)).toContain('incident.opened');
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
