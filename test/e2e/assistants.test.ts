import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStage, type Stage } from '#apps/local/stage.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { parseOpenMetrics } from '../unit/domain/answers/open-metrics.ts';
import { anAssembly } from './support/assemblies.ts';

const PASSWORD = 'Correct-Horse-8-Battery';

let stage: Stage;
beforeAll(async () => {
  const { assemblyDir } = await anAssembly({});
  stage = await openStage({ assemblyDir, ampleMemory: true });
  for (const [name, groups] of [
    ['viewer', ['viewer']],
    ['owner', ['viewer', 'operator', 'approver', 'admin']],
    ['nobody', []],
  ] as const)
    await stage.runtime.createUser(name, `${name}@example.com`, PASSWORD, [...groups]);
});
afterAll(() => stage?.stop());

/** An assistant that connects to `/mcp` of the deployment with this token or key. */
async function anAssistant(credential: string, pin?: string) {
  const client = new Client(
    { name: 'test', version: '1' },
    pin === undefined ? {} : { versionNegotiation: { mode: { pin } } },
  );
  const headers = { authorization: `Bearer ${credential}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${stage.runtime.endpoint}/mcp`), { requestInit: { headers } }),
  );
  onTestFinished(() => client.close());
  return client;
}

describe('an assistant that connects to the deployed template', () => {
  it('reads what the person may read, by both generations of the protocol', async () => {
    const token = await signIn(stage, 'viewer@example.com', PASSWORD);
    for (const pin of [undefined, '2026-07-28']) {
      const client = await anAssistant(token, pin);
      expect((await client.callTool({ name: 'show_status', arguments: {} })).structuredContent).toMatchObject({
        workflow: { state: 'ok' },
      });
      expect((await client.callTool({ name: 'list_incidents', arguments: {} })).structuredContent).toMatchObject({
        incidents: [],
        next: null,
      });
      const log = await client.callTool({ name: 'triage_log', arguments: { text: 'npm ERR! code ERESOLVE' } });
      expect(log.structuredContent).toMatchObject({ class: 'dependency_conflicts' });
    }
  });

  it('signs in with an API key, which may be revoked', async () => {
    const authorization = `Bearer ${await signIn(stage, 'owner@example.com', PASSWORD)}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const made = await fetch(`${stage.runtime.endpoint}/api/keys`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        name: 'assistant',
        roles: ['viewer'],
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      }),
    });
    const { text, key } = (await made.json()) as { readonly text: string; readonly key: { readonly id: string } };
    const client = await anAssistant(text);
    expect((await client.callTool({ name: 'show_policy', arguments: {} })).isError).not.toBe(true);
    await fetch(`${stage.runtime.endpoint}/api/keys/${key.id}`, { method: 'DELETE', headers });
    await expect(client.callTool({ name: 'show_policy', arguments: {} })).rejects.toThrow(/401|nauthorized/);
  });

  it('lets in nobody without a token, with a wrong one, or without a role', async () => {
    const nobody = await signIn(stage, 'nobody@example.com', PASSWORD);
    for (const credential of ['', 'x.y.z', nobody]) await expect(anAssistant(credential)).rejects.toThrow();
  });
});

it('[E40] counts what all instances of the API answer, for whoever scrapes it', async () => {
  const authorization = `Bearer ${await signIn(stage, 'viewer@example.com', PASSWORD)}`;
  const scrape = async () => {
    const headers = { authorization, accept: 'application/openmetrics-text' };
    const response = await fetch(`${stage.runtime.endpoint}/metrics`, { headers });
    expect(response.headers.get('content-type')).toMatch(/^application\/openmetrics-text/);
    const samples = parseOpenMetrics(await response.text());
    const own = samples.filter(
      ({ name, labels }) => name === 'selfheal_requests_total' && labels.endpoint === '/api/approvals',
    );
    return own.reduce((sum, { value }) => sum + value, 0);
  };
  const before = await scrape();
  const ask = (path: string) =>
    Promise.all(
      Array.from({ length: 20 }, () => fetch(`${stage.runtime.endpoint}${path}`, { headers: { authorization } })),
    );
  await ask('/api/approvals');
  // An instance writes what it counted with its next request, at most ten times a second.
  const counted = async () => {
    await ask('/api/auth/me');
    return scrape();
  };
  await expect.poll(counted, { interval: 200 }).toBe(before + 20);
});
