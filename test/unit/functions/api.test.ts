import { InvalidInput, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { ProblemDetails } from '#functions/api/problem.ts';
import { ApprovalDetails, ListedApprovals } from '#functions/api/routes/approvals.ts';
import { SignedIn } from '#functions/api/routes/auth.ts';
import {
  IncidentAccount,
  IncidentDetails,
  IncidentPage,
  IncidentStory,
} from '#functions/api/routes/incident-answers.ts';
import { ApiKeySummary } from '#functions/api/routes/keys.ts';
import { Overview } from '#functions/api/routes/overview.ts';
import { BrowserSignIn } from '#shared/domain/access/browser-sign-in.ts';
import { PERMISSIONS, type Permission, Role } from '#shared/domain/access/caller.ts';
import { Approvals } from '#shared/domain/policy/approval-settings.ts';
import { aDiagnosis, anEvidence } from '#test/builders/index.ts';
import { anApi, askAbout, aWaitingPlan, VERSION } from './api-rig.ts';

describe('every route of the API', () => {
  it('takes the roles that have its permission, and nobody else', async () => {
    const { call, incident } = await anApi();
    const { json } = await call('/api/openapi.json');
    const routes = Object.entries(
      json.paths as Record<string, Record<string, { 'x-permission'?: Permission }>>,
    ).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-permission': permission }]) => ({ path, method, permission })),
    );
    expect(routes.length).toBeGreaterThan(3);
    for (const { path, method, permission } of routes) {
      const at = path
        .replace('/keys/{id}', `/keys/${'0'.repeat(16)}`)
        .replace(/\{(?:id|incidentId)\}/, incident.id)
        .replace('{digest}', '0'.repeat(64));
      if (permission === undefined) {
        expect([200, 400], at).toContain((await call(at, { method: method.toUpperCase() })).statusCode);
        continue;
      }
      const nobody = await call(at, { method: method.toUpperCase() });
      expect([nobody.statusCode, nobody.headers?.['www-authenticate']], at).toEqual([401, 'Bearer']);
      expect((await call(at, { method: method.toUpperCase(), as: 'stranger' })).statusCode, at).toBe(403);
      for (const role of Role.options) {
        const { statusCode } = await call(at, { method: method.toUpperCase(), as: role });
        expect(statusCode === 403, `${role} ${method} ${at}`).toBe(!PERMISSIONS[role].includes(permission));
      }
    }
  });

  it('answers 503 while nobody can be signed in, and says when to try again', async () => {
    const { call } = await anApi();
    const { statusCode, headers, json } = await call('/api/incidents', { as: 'down' });
    expect([statusCode, headers?.['retry-after']]).toEqual([503, '5']);
    expect(json.detail).toBe('The keys cannot be read.');
  });

  it('is kept by nobody, framed by nobody, and not taken for a page', async () => {
    const { call } = await anApi();
    for (const path of ['/api/health', '/api/incidents', '/api/nothing']) {
      expect((await call(path)).headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
    }
  });
});

describe('incidents', () => {
  it('are listed by what the query says, a page at a time', async () => {
    const { call, incident, asked } = await anApi();
    const query =
      'status=open,escalated&repository=acme/shop&class=network_connectivity&from=2026-11-01T00:00:00Z&order=oldest&limit=10&cursor=cursor-1';
    const { statusCode, json } = await call(`/api/incidents?${query}`, { as: 'viewer' });
    expect(statusCode).toBe(200);
    expect(asked).toEqual([
      [
        {
          simulated: true,
          statuses: ['open', 'escalated'],
          repository: 'acme/shop',
          failureClass: 'network_connectivity',
          openedFrom: new Date('2026-11-01T00:00:00Z'),
        },
        { limit: 10, order: 'oldest', cursor: 'cursor-1' },
      ],
    ]);
    const page = IncidentPage.parse(json);
    expect(page).toMatchObject({ next: 'cursor-2', unreadable: [{ id: 'gh-broken' }] });
    expect(page.incidents).toMatchObject([{ id: incident.id, status: 'open', subject: { kind: 'run' } }]);
  });

  it.each([
    ['status=closed', 'query.status.0'],
    ['limit=0', 'query.limit'],
    ['limit=101', 'query.limit'],
    ['limit=ten', 'query.limit'],
    ['from=yesterday', 'query.from'],
    ['repository=nobody', 'query.repository'],
    ['class=bad', 'query.class'],
    ['order=random', 'query.order'],
    [`cursor=${'x'.repeat(2001)}`, 'query.cursor'],
    ['colour=red', 'query'],
  ])('are not listed for %s, and the answer names the field', async (query, field) => {
    const { call, asked } = await anApi();
    const { statusCode, headers, json } = await call(`/api/incidents?${query}`, { as: 'viewer' });
    expect([statusCode, headers?.['content-type']]).toEqual([400, 'application/problem+json']);
    const problem = ProblemDetails.parse(json);
    expect(problem).toMatchObject({ type: 'urn:selfheal:problem:invalid-request', status: 400, errors: [{ field }] });
    expect(asked).toEqual([]);
  });

  it.each([
    ['status=opne', 'There is no status "opne"; did you mean open?'],
    ['status=open,resloved', 'There is no status "resloved"; did you mean resolved?'],
    ['class=test-failure', 'There is no class "test-failure"; did you mean test_failure?'],
    ['order=newst', 'There is no order "newst"; did you mean newest?'],
    ['order=random', 'There is no order "random". Use one of: newest, oldest.'],
  ])('are not listed for %s, and the answer says in words what was probably meant', async (query, words) => {
    const { call } = await anApi();
    expect((await call(`/api/incidents?${query}`, { as: 'viewer' })).json.detail).toBe(words);
  });

  it('say what is wrong with a cursor', async () => {
    const { call } = await anApi({ fail: new InvalidInput('The cursor is of another query.') });
    const { statusCode, json } = await call('/api/incidents?cursor=x', { as: 'viewer' });
    expect([statusCode, json.detail]).toEqual([400, 'The cursor is of another query.']);
  });

  it.each([
    [new Retryable('DynamoDB throttles'), 503],
    [new Error('password=hunter2 in a stack'), 500],
  ])('do not show what is broken inside: %s', async (fail, status) => {
    const { call, errors } = await anApi({ fail });
    const { statusCode, body } = await call('/api/incidents', { as: 'viewer' });
    expect(statusCode).toBe(status);
    expect(body).not.toContain(fail.message);
    expect(errors).toHaveLength(1);
  });

  it('are read whole, by their id or its beginning', async () => {
    const { call, incident } = await anApi();
    const { json } = await call(`/api/incidents/${incident.id}`, { as: 'viewer' });
    const details = IncidentDetails.parse(json);
    expect(details).toMatchObject({ id: incident.id, outcome: { lead: 'Selfheal is working on it.' } });
    expect(details.briefing.headline).not.toBe('');
    const short = await call(`/api/incidents/${incident.id.slice(0, 9)}`, { as: 'viewer' });
    expect(short.json).toEqual(json);
  });

  it('are told apart when several begin alike', async () => {
    const { call } = await anApi({ lists: { idsStartingWith: async () => ['gh-0001', 'gh-0002'] } });
    const { statusCode, json } = await call('/api/incidents/gh-000', { as: 'viewer' });
    expect(statusCode).toBe(400);
    expect(json.detail).toContain('gh-0001, gh-0002');
  });

  it('show their timeline with the state of its chain', async () => {
    const { call, incident, deps } = await anApi();
    await deps.incidents.audit(incident.id, 'k-1', {
      event: 'incident.opened',
      at: '2026-11-21T12:00:00.000Z',
      facts: { source: 'github', kind: 'run', attempt: 1 },
    } as never);
    const { json } = await call(`/api/incidents/${incident.id}/timeline`, { as: 'viewer' });
    const account = IncidentAccount.parse(json);
    expect(account.chain).toMatchObject({ kind: 'intact', chained: account.story.length });
    expect(account.story.length).toBeGreaterThan(0);
  });

  it('draft their post-mortem, as JSON with a source for every fact and as Markdown to save', async () => {
    const api = await anApi();
    const { call, incident } = api;
    await askAbout(api);
    const { json } = await call(`/api/incidents/${incident.id}/postmortem`, { as: 'viewer' });
    expect(json.sections.map(({ id }: { id: string }) => id)).toEqual([
      'timeline',
      'knowledge',
      'cause',
      'attempts',
      'open',
    ]);
    const facts = json.sections.flatMap((section: { facts: object[] }) => section.facts);
    expect(facts.length).toBeGreaterThan(2);
    for (const fact of facts)
      expect(fact).toMatchObject({ words: expect.stringMatching(/./), source: expect.stringMatching(/./) });
    const text = await call(`/api/incidents/${incident.id}/postmortem?format=markdown`, { as: 'viewer' });
    expect(text.headers?.['content-type']).toBe('text/markdown; charset=utf-8');
    expect(text.headers?.['content-disposition']).toMatch(/^attachment; filename="postmortem-[\w-]+\.md"$/);
    expect(text.body).toBe(json.markdown);
    expect((await call(`/api/incidents/${incident.id}/postmortem?format=pdf`, { as: 'viewer' })).statusCode).toBe(400);
  });

  it.each(['/api/incidents/gh-ffffff', '/api/incidents/gh-ffffff/timeline', '/api/incidents/gh-ffffff/postmortem'])(
    'are missed plainly at %s',
    async (path) => {
      const { call } = await anApi();
      const { statusCode, json } = await call(path, { as: 'viewer' });
      expect([statusCode, json.detail]).toEqual([
        404,
        'There is no incident gh-ffffff. The newest are: gh-000000000000000000000000 (CI).',
      ]);
    },
  );

  it.each(['A', '../x', 'x'.repeat(61), '%00abcdef', '<script>'])('are not looked for by %s', async (id) => {
    const { call } = await anApi();
    const { statusCode } = await call(`/api/incidents/${encodeURIComponent(id)}`, { as: 'viewer' });
    expect([400, 404]).toContain(statusCode);
  });
});

describe('approvals', () => {
  it('are listed and shown with what is needed to judge them', async () => {
    const { call, incident, digest, path, deps } = await aWaitingPlan();
    const { approvals } = ListedApprovals.parse((await call('/api/approvals', { as: 'viewer' })).json);
    expect(approvals).toMatchObject([{ incidentId: incident.id, digest, state: 'pending', mayApprove: true }]);
    const details = ApprovalDetails.parse((await call(path, { as: 'viewer' })).json);
    expect(details.briefing.plan.map(({ name }) => name).length).toBeGreaterThan(1);
    expect(details.briefing.cause).not.toEqual([]);
    expect(deps.workflow.answers).toEqual([]);
  });

  it('are decided by an approver, once; everybody else is told', async () => {
    const { decide, deps } = await aWaitingPlan();
    expect((await decide('approved', 'approver')).statusCode).toBe(200);
    expect((await decide('approved', 'approver')).statusCode).toBe(200);
    expect(deps.workflow.answers).toHaveLength(1);
    for (const [decision, as] of [
      ['rejected', 'admin'],
      ['approved', 'approver octo-lead'],
    ] as const) {
      const { statusCode, json } = await decide(decision, as);
      expect([statusCode, json.type, json.detail]).toEqual([
        409,
        'urn:selfheal:problem:conflict',
        'ada approved it before; your answer changes nothing.',
      ]);
    }
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it('are not approved by who is behind the run, who may reject', async () => {
    const { decide, deps, call, path } = await aWaitingPlan();
    const { json } = await call(path, { as: 'viewer octo-dev' });
    expect(json).toMatchObject({ mayApprove: false, objection: expect.stringMatching(/somebody else/) });
    expect((await decide('approved', 'approver octo-dev')).statusCode).toBe(403);
    expect(deps.workflow.answers).toEqual([]);
    expect((await decide('rejected', 'approver octo-dev')).statusCode).toBe(200);
  });

  it('are not decided when their time is over, and not listed any more', async () => {
    const { decide, deps, clock, call, path } = await aWaitingPlan();
    clock.advance(3_600_000);
    expect((await decide('approved', 'approver')).statusCode).toBe(410);
    expect((await call(path, { as: 'viewer' })).json.state).toBe('expired');
    expect((await call('/api/approvals', { as: 'viewer' })).json).toEqual({ approvals: [] });
    expect(deps.workflow.answers).toEqual([]);
  });

  it.each([['viewer'], ['operator'], ['key approver'], ['']])('are not decided by %j', async (as) => {
    const { decide, deps } = await aWaitingPlan();
    expect((await decide('approved', as)).statusCode).toBe(as === '' ? 401 : 403);
    expect(deps.workflow.answers).toEqual([]);
  });

  it.each([
    ['maybe', 'json.decision'],
    [null, 'json.decision'],
    [['approved'], 'json.decision'],
    [undefined, 'json.decision'],
  ])('are not decided by %j', async (decision, field) => {
    const { decide, deps } = await aWaitingPlan();
    const { statusCode, json } = await decide(decision, 'approver');
    expect([statusCode, json.errors[0].field]).toEqual([400, field]);
    expect(deps.workflow.answers).toEqual([]);
  });

  it.each([
    ['no JSON', 'approve!'],
    ['nothing', undefined],
    ['a field too many', { decision: 'approved', by: 'me' }],
    ['too much', { decision: 'approved', why: 'x'.repeat(100_000) }],
  ])('are not decided by a body that is %s', async (_what, body) => {
    const { call, path, deps } = await aWaitingPlan();
    const headers = { 'content-type': 'application/json' };
    const { statusCode } = await call(path, { as: 'approver', method: 'POST', headers, body });
    expect([400, 413]).toContain(statusCode);
    expect(deps.workflow.answers).toEqual([]);
  });

  it.each(['0'.repeat(64), 'f'.repeat(63), '../x', '..%2Fx'])('are missed plainly at %s', async (digest) => {
    const { call, incident } = await aWaitingPlan();
    const { statusCode } = await call(`/api/approvals/${incident.id}/${digest}`, { as: 'viewer' });
    expect([400, 404]).toContain(statusCode);
  });
});

describe('delegations', () => {
  const DEPUTY = { to: 'deputy@example.com', hours: 2 };
  const delegate = (api: Awaited<ReturnType<typeof anApi>>, as: string, body: unknown = DEPUTY) =>
    api.call('/api/approvals/delegations', {
      method: 'POST',
      as,
      headers: { 'content-type': 'application/json' },
      body,
    });
  const approvals = Approvals.parse({ levels: [{ groups: ['on-call'], minutes: 60 }] });
  const withGroups = () => anApi({ configure: (deployed) => ({ ...deployed, approvals }) });

  it('let another person approve for some hours what the own groups allow', async () => {
    const api = await withGroups();
    const { statusCode, json } = await delegate(api, 'approver on-call octo-lead');
    expect([statusCode, json.until]).toEqual([200, new Date(api.clock.now().getTime() + 7_200_000).toISOString()]);
    expect(await api.deps.delegations.inForce('deputy@example.com', api.clock.now())).toMatchObject([
      { from: 'octo-lead', groups: ['on-call'] },
    ]);
  });

  it.each([
    ['viewer on-call octo-lead', 'the permission "approve"'],
    ['approver octo-admin', 'in no group'],
    ['key approver', 'are for people'],
  ])('are not made by %s', async (as, detail) => {
    const api = await withGroups();
    const { statusCode, json } = await delegate(api, as);
    expect([statusCode, json.detail]).toEqual([403, expect.stringContaining(detail)]);
    expect(await api.deps.delegations.inForce('deputy@example.com', api.clock.now())).toEqual([]);
  });

  it.each([
    ['for more hours than are allowed', { ...DEPUTY, hours: 100 }, 403],
    ['for longer than anybody may', { ...DEPUTY, hours: 337 }, 400],
    ['for half an hour', { ...DEPUTY, hours: 0.5 }, 400],
    ['to a number', { ...DEPUTY, to: 7 }, 400],
    ['to what is no address', { ...DEPUTY, to: 'deputy' }, 403],
    ['with a field too many', { ...DEPUTY, from: 'octo-admin' }, 400],
  ])('are not made %s', async (_what, body, status) => {
    expect((await delegate(await withGroups(), 'approver on-call octo-lead', body)).statusCode).toBe(status);
  });
});

describe('sign-in', () => {
  const posted = async (path: string, body: unknown) => {
    const { call } = await anApi();
    return await call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  };

  it('tells how to sign in with a browser, which ends on this machine only', async () => {
    const { call } = await anApi();
    const { callbacks, ...how } = BrowserSignIn.parse((await call('/api/auth/browser')).json);
    expect(how).toEqual({
      authorizeUrl: 'https://sign-in.example.com/oauth2/authorize',
      tokenUrl: 'https://sign-in.example.com/oauth2/token',
      clientId: 'client-1',
      scope: 'openid',
    });
    expect(callbacks.filter((callback) => new URL(callback).hostname !== '127.0.0.1')).toEqual([]);
  });

  it('[D105] gives a token for a password', async () => {
    const { statusCode, json } = await posted('/api/auth/login', { user: 'ada', password: 'right' });
    expect(statusCode).toBe(200);
    expect(SignedIn.parse(json)).toEqual({ token: 'id-token', expiresInSeconds: 900, refreshToken: 'again' });
  });

  it('[D106] gives a new token for a refresh token', async () => {
    const { json } = await posted('/api/auth/refresh', { refreshToken: 'again' });
    expect(SignedIn.parse(json)).toEqual({ token: 'id-token-2', expiresInSeconds: 900, refreshToken: null });
  });

  it('[D107] says who is signed in, with their roles', async () => {
    const { call } = await anApi();
    expect((await call('/api/auth/me', { as: 'operator viewer' })).json).toEqual({
      kind: 'person',
      id: 'u-1',
      name: 'ada@example.com',
      roles: ['viewer', 'operator'],
      dashboardUrl: 'https://dashboard.example.com',
    });
  });

  it('does not tell whether the name or the password is wrong', async () => {
    const { statusCode, json } = await posted('/api/auth/login', { user: 'nobody', password: 'wrong' });
    expect([statusCode, json.detail]).toEqual([401, 'User name or password is wrong.']);
  });

  it('says what more the user pool asks for', async () => {
    const { statusCode, json } = await posted('/api/auth/login', { user: 'ada', password: 'temporary' });
    expect([statusCode, json.type]).toEqual([403, 'urn:selfheal:problem:challenge']);
    expect(json.detail).toBe('The password is a temporary one: choose your own.');
    expect(ProblemDetails.parse(json).challenge).toEqual({ name: 'NEW_PASSWORD_REQUIRED', session: 'session-1' });
    const answered = (answer: string, session = 'session-1') =>
      posted('/api/auth/challenge', { user: 'ada', name: 'NEW_PASSWORD_REQUIRED', session, answer });
    expect(SignedIn.parse((await answered('right')).json).token).toBe('id-token');
    expect((await answered('wrong')).json).toMatchObject({ status: 400, detail: 'The code is wrong.' });
    expect((await answered('right', 'ended')).json).toMatchObject({
      status: 401,
      detail: 'The sign-in took too long: begin again with the password.',
    });
    const other = await posted('/api/auth/login', { user: 'ada', password: 'forgotten' });
    expect([other.statusCode, other.json.challenge]).toEqual([403, undefined]);
    expect(other.json.detail).toContain('administrator');
  });

  it.each([
    {},
    { user: 'ada' },
    { user: 'ada', password: 'x'.repeat(257) },
    { user: 'ada', password: 'right', more: 1 },
  ])('refuses %j', async (body) => {
    expect((await posted('/api/auth/login', body)).statusCode).toBe(400);
  });
});

describe('a body', () => {
  const JSON_TYPE = { 'content-type': 'application/json' };
  it.each([
    ['that is not JSON', '{"user": ', JSON_TYPE],
    ['that is empty', '', JSON_TYPE],
    ['that is a list', '[]', JSON_TYPE],
    ['with a key that would change a prototype', '{"__proto__": {"user": "ada"}, "password": "right"}', JSON_TYPE],
  ])('%s is refused, and nothing is logged as broken', async (_, body, headers) => {
    const { call, errors } = await anApi();
    const { statusCode, json } = await call('/api/auth/login', { method: 'POST', headers, body });
    expect([statusCode, json.type]).toEqual([400, 'urn:selfheal:problem:invalid-request']);
    expect(errors).toEqual([]);
  });
});

describe('API keys', () => {
  const ORDER = { name: 'deploy bot', roles: ['viewer'], expiresAt: '2026-12-01T00:00:00.000Z' };
  const json = { 'content-type': 'application/json' };

  it('are created, shown once, listed without their secret and revoked by an administrator', async () => {
    const { call } = await anApi();
    const created = await call('/api/keys', { method: 'POST', as: 'admin', headers: json, body: ORDER });
    expect(created.statusCode).toBe(201);
    expect(created.json.text).toMatch(/^sh_[0-9a-f]{16}_[0-9a-f]{64}$/);
    const listed = await call('/api/keys', { as: 'admin' });
    expect(listed.json.keys).toMatchObject([{ name: 'deploy bot', roles: ['viewer'], revokedAt: null }]);
    expect(listed.body).not.toContain(created.json.text.split('_')[2]);
    expect(listed.json.keys.map((key: unknown) => ApiKeySummary.parse(key))).toHaveLength(1);
    const revoked = await call(`/api/keys/${created.json.key.id}`, { method: 'DELETE', as: 'admin' });
    expect(revoked.json.revokedAt).not.toBeNull();
  });

  it.each([
    [{ ...ORDER, expiresAt: '2036-12-01T00:00:00.000Z' }, 'admin', 400],
    [{ ...ORDER, roles: [] }, 'admin', 400],
    [{ ...ORDER, roles: ['owner'] }, 'admin', 400],
    [{ ...ORDER, secret: 'mine' }, 'admin', 400],
    [ORDER, 'key admin', 403],
    [ORDER, 'approver', 403],
  ])('are not created from %j as %s', async (body, as, status) => {
    const { call } = await anApi();
    expect((await call('/api/keys', { method: 'POST', as, headers: json, body })).statusCode).toBe(status);
    expect((await call('/api/keys', { as: 'admin' })).json.keys).toEqual([]);
  });

  it('that are not there are not revoked', async () => {
    const { call } = await anApi();
    expect((await call(`/api/keys/${'0'.repeat(16)}`, { method: 'DELETE', as: 'admin' })).statusCode).toBe(404);
  });
});

describe('the API itself', () => {
  it('is described by OpenAPI 3.1, with a permission, an answer and problems on each route', async () => {
    const { call } = await anApi();
    const { json } = await call('/api/openapi.json');
    expect(json).toMatchObject({ openapi: '3.1.0', info: { title: 'Selfheal', version: VERSION } });
    expect(json.paths['/api/incidents'].get).toMatchObject({
      security: [{ bearer: [] }],
      'x-permission': 'read',
      responses: { 200: {}, 400: {}, 401: {}, 403: {} },
    });
    expect(json.components.schemas.IncidentSummary.properties.id).toEqual({ type: 'string' });
  });

  it('is described in words that begin with the thing, not with a question', async () => {
    const { call } = await anApi();
    const { json } = await call('/api/openapi.json');
    const texts: string[] = [];
    JSON.stringify(json, (key, value: unknown) => {
      if ((key === 'summary' || key === 'description') && typeof value === 'string') texts.push(value);
      return value;
    });
    expect(texts.length).toBeGreaterThan(300);
    expect(texts.filter((text) => /(?:^|\. )What /.test(text))).toEqual([]);
  });

  it('says on each route that changes something, and on no other, that it takes an Idempotency-Key', async () => {
    const { call } = await anApi();
    const { json } = await call('/api/openapi.json');
    type Operation = { 'x-permission'?: string; parameters?: { name: string }[] };
    const routes = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const takes = ({ operation }: (typeof routes)[number]) =>
      (operation.parameters ?? []).some(({ name }) => name === 'Idempotency-Key');
    const changing = routes.filter(
      ({ method, operation: { 'x-permission': permission = 'read' } }) => method !== 'get' && permission !== 'read',
    );
    expect(changing.length).toBeGreaterThan(25);
    expect(routes.filter(takes)).toEqual(changing);
  });

  it('[D116] is described on a page that runs nothing', async () => {
    const { call } = await anApi();
    const { statusCode, headers, body = '' } = await call('/api/docs');
    expect(statusCode).toBe(200);
    expect(headers?.['content-type']).toContain('text/html');
    expect(headers?.['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    for (const route of ['GET /api/incidents', 'GET /api/approvals', 'POST /api/approvals/{incidentId}/{digest}']) {
      expect(body).toContain(`<code>${route}</code>`);
    }
    expect(body).not.toMatch(/<script| style=| on\w+=/);
  });

  it('answers for its health without a sign-in', async () => {
    const { call } = await anApi();
    expect((await call('/api/health')).json).toEqual({ status: 'ok', version: VERSION });
  });

  it('says of an unknown route where the routes are listed', async () => {
    const { call } = await anApi();
    const { statusCode, json } = await call('/api/nothing', { as: 'admin', method: 'POST' });
    expect(statusCode).toBe(404);
    expect(json.detail).toContain('/api/openapi.json');
  });

  it('refuses a body that is too large', async () => {
    const { call } = await anApi();
    const { statusCode, headers } = await call('/api/auth/login', { method: 'POST', body: 'x'.repeat(100_001) });
    expect([statusCode, headers?.['x-content-type-options']]).toEqual([413, 'nosniff']);
  });

  it.each([
    ['a body with GET', { body: '{}' }, 200],
    ['a method of no request', { method: 'TRACE' }, 400],
    ['a header of no request', { headers: { 'x-name': '\u0416' } }, 400],
  ])('answers %s without a failure', async (_, request, status) => {
    const { call, errors } = await anApi();
    const { statusCode, headers } = await call('/api/health', request);
    expect([statusCode, headers?.['cache-control'], errors]).toEqual([status, 'no-store', []]);
  });
});

describe('what a page shows beside the details', () => {
  it('[E8] is an incident as a story: where the workflow is, the log with its cited lines, what could be done', async () => {
    const { call, incident, deps } = await anApi();
    const texts = ['npm ci', '  npm error ECONNRESET\u202e', 'done'];
    await deps.evidence.putEvidence(anEvidence({ incidentId: incident.id, texts }));
    await deps.evidence.putDiagnosis(incident.id, aDiagnosis({ evidence: ['L2'] }));
    const { statusCode, json } = await call(`/api/incidents/${incident.id}/story`, { as: 'viewer' });
    expect(statusCode).toBe(200);
    const story = IncidentStory.parse(json);
    expect(story.workflow.states.map(({ id, state }) => `${id} ${state}`)).toContain('Gather done');
    expect(story.workflow.taken).toContainEqual({ from: 'Gather', to: 'Classify' });
    const lines = story.logs.flatMap((log) => log.lines);
    expect(lines.find(({ number }) => number === 2)).toEqual({
      number: 2,
      text: '  npm error ECONNRESET',
      cited: true,
    });
    expect(lines.find(({ number }) => number === 3)?.cited).toBe(false);
    expect((await call('/api/incidents/gh-nothing-at-all/story', { as: 'viewer' })).statusCode).toBe(404);
  });

  it('[E7] counts what is open and how two weeks went', async () => {
    const { call } = await anApi();
    const { statusCode, json } = await call('/api/overview', { as: 'viewer' });
    expect([statusCode, Overview.parse(json).open.count]).toEqual([200, 1]);
  });
});
