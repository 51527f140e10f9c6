import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { config } from '#functions/approval/config.ts';
import { makeHandler } from '#functions/approval/handler.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import { aRemedyRig } from '../app/remedy-rig.ts';

const PATH = '/approvals/{incidentId}/{digest}';

const claimsOf = (user: string) => ({ token_use: 'id', 'cognito:username': user, 'custom:github': user });

async function aServer() {
  const rig = await aRemedyRig({ confidence: 0.7 });
  const incidentId = rig.incident.id;
  const digest = (await makePlan({ incidentId, tried: [], held: false }, rig.deps)).digest as string;
  await requestApproval({ incidentId, digest, taskToken: 'token-1', expiresInSeconds: 3600 }, rig.deps);
  const handler = makeHandler(rig.deps);
  const call = (routeKey: string, more: { user?: string; body?: unknown; path?: object } = {}) =>
    handler({
      routeKey,
      pathParameters: { incidentId, digest, ...more.path },
      body: typeof more.body === 'string' ? more.body : JSON.stringify(more.body),
      isBase64Encoded: false,
      headers: {},
      requestContext: more.user ? { authorizer: { jwt: { claims: claimsOf(more.user) } } } : {},
    } as unknown as APIGatewayProxyEventV2);
  return { ...rig, digest, call };
}

describe('the address in mails from before there was a dashboard', () => {
  it('leads to the plan on the dashboard, and says nothing of it', async () => {
    const { call, incident, digest } = await aServer();
    expect(await call(`GET ${PATH}`)).toEqual({
      statusCode: 303,
      headers: {
        location: `https://dashboard.example/approvals/${incident.id}/${digest}`,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      },
      body: '',
    });
  });

  it('leads nowhere else, whatever it names', async () => {
    const { call } = await aServer();
    const path = { incidentId: '//evil.example', digest: 'x' };
    expect((await call(`GET ${PATH}`, { path })).statusCode).toBe(404);
  });

  it('decides nothing by being opened', async () => {
    const { call, deps } = await aServer();
    await call(`GET ${PATH}`);
    await call(`GET ${PATH}/details`, { user: 'approver-1' });
    expect(deps.workflow.answers).toEqual([]);
  });
});

describe('its requests', () => {
  it('are behind the authorizer, but for the one that leads to the dashboard', () => {
    expect(config.trigger.routes.map(({ method, authorized }) => [method, authorized])).toEqual([
      ['GET', false],
      ['GET', true],
      ['POST', true],
      ['GET', true],
      ['POST', true],
    ]);
  });

  it('list what waits for the one who signed in, and take a delegation or say why not', async () => {
    const { call, incident, digest } = await aServer();
    const listed = await call('GET /approvals', { user: 'approver-1', path: {} });
    expect(JSON.parse(listed.body ?? '')).toMatchObject({
      approvals: [{ incidentId: incident.id, digest, mayApprove: true }],
    });
    expect(JSON.parse((await call('GET /approvals')).body ?? '')).toEqual({ approvals: [] });
    const order = { to: 'deputy@example.com', hours: 2 };
    expect(await call('POST /delegations', { user: 'approver-1', body: order })).toMatchObject({ statusCode: 403 });
    await expect(call('POST /delegations', { user: 'approver-1', body: { to: 7 } })).rejects.toThrow(InvalidInput);
  });

  it('show the details to whoever signed in, and nothing without a person', async () => {
    const { call, digest } = await aServer();
    const { statusCode, body } = await call(`GET ${PATH}/details`, { user: 'approver-1' });
    expect(statusCode).toBe(200);
    expect(JSON.parse(body ?? '')).toMatchObject({ digest, risk: 'low', state: 'pending', mayApprove: true });
    expect((await call(`GET ${PATH}/details`)).statusCode).toBe(403);
    expect((await call(`POST ${PATH}`, { body: { decision: 'approved', digest } })).statusCode).toBe(403);
  });

  it('take a decision, then tell everybody else', async () => {
    const { call, digest, deps } = await aServer();
    const body = { decision: 'approved', digest };
    expect((await call(`POST ${PATH}`, { user: 'octo-dev', body })).statusCode).toBe(403);
    expect((await call(`POST ${PATH}`, { user: 'approver-1', body })).statusCode).toBe(200);
    expect((await call(`POST ${PATH}`, { user: 'approver-2', body })).statusCode).toBe(409);
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it('say so when the time is over', async () => {
    const { call, digest, clock } = await aServer();
    clock.advance(3_600_000);
    const body = { decision: 'approved', digest };
    expect((await call(`POST ${PATH}`, { user: 'approver-1', body })).statusCode).toBe(410);
  });

  it.each([
    ['no JSON', 'approve!'],
    ['nothing', undefined],
    ['another decision', { decision: 'maybe', digest: 'd' }],
    ['a field too many', { decision: 'approved', digest: 'd', by: 'me' }],
    ['another digest than the page showed', { decision: 'approved', digest: 'f'.repeat(64) }],
    ['too much', 'x'.repeat(2_000)],
  ])('refuse %s', async (_what, body) => {
    const { call, deps } = await aServer();
    await expect(call(`POST ${PATH}`, { user: 'approver-1', body })).rejects.toThrow(InvalidInput);
    expect(deps.workflow.answers).toEqual([]);
  });

  it('know no other addresses', async () => {
    const { call } = await aServer();
    expect((await call(`GET ${PATH}`, { path: { digest: '../x' } })).statusCode).toBe(404);
    expect((await call(`GET ${PATH}/details`, { user: 'a', path: { digest: 'f'.repeat(64) } })).statusCode).toBe(404);
    expect((await call('DELETE /approvals')).statusCode).toBe(404);
  });
});
