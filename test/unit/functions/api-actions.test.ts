import { describe, expect, it } from 'vitest';
import { ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Remedy } from '#shared/domain/plan/remedies.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import type { IncidentQuery } from '#shared/ports/incident-lists.ts';
import { aClassification, aDiagnosis, anActionRecord, redactedText } from '#test/builders/index.ts';
import type { RigOptions } from '../app/remedy-rig.ts';
import { anApi } from './api-rig.ts';

type Api = Awaited<ReturnType<typeof aService>>;
const JSON_BODY = { 'content-type': 'application/json' };
const SCALE = { action: 'scale-ecs-service', service: 'checkout' };
const QUIET = { state: 'OK', since: '2026-11-21T09:00:00.000Z' } as const;

/** The API of a deployment whose service `checkout` lists one remedy, with an ended incident about its alarm. */
async function aService({
  actionId = 'scale-ecs-service',
  remedy = {} as Partial<Remedy>,
  configure = (one: Configuration) => one,
  incident = { status: 'escalated' } as NonNullable<RigOptions['incident']>,
  family = 'ecs' as NonNullable<RigOptions['family']>,
} = {}) {
  const listed: Incident[] = [];
  const api = await anApi({
    rig: { family, actionId, incident },
    configure: (one) => {
      const services = one.services.map((service) => ({
        ...service,
        remedies: service.remedies.map((given) => ({ ...given, ...remedy })),
      }));
      return configure({ ...one, services });
    },
    lists: {
      list: async ({ statuses }: IncidentQuery) => ({
        incidents: listed.filter(({ status }) => statuses === undefined || statuses.includes(status)),
        next: null,
        corrupt: [],
      }),
    },
  });
  listed.push(api.incident);
  return { ...api, listed };
}

const post = ({ call }: Pick<Api, 'call'>, path: string, body: unknown, as = 'operator', headers: object = {}) =>
  call(path, { method: 'POST', as, headers: { ...JSON_BODY, ...headers }, body });

/** Lets the workflow go on with the incident of a request as far as its plan. */
async function planned(api: Api, id: string) {
  const signal = api.sent.at(-1);
  if (signal === undefined) throw new Error('Nothing was sent.');
  expect(await ingestSignal(signal, api.changeable)).toBe('opened');
  await api.deps.incidents.update(id, { classification: aClassification() });
  const telemetry = await api.deps.evidence.getTelemetry(api.incident.id);
  if (telemetry === null) throw new Error('No telemetry.');
  await api.deps.evidence.putTelemetry(id, telemetry);
  await api.deps.evidence.putDiagnosis(id, aDiagnosis());
  return await makePlan({ incidentId: id, tried: [], held: false }, api.deps);
}

describe('GET /api/actions', () => {
  it('lists every action, and where the configuration allows it', async () => {
    const api = await aService();
    const { statusCode, json } = await api.call('/api/actions', { as: 'viewer' });
    expect(statusCode).toBe(200);
    expect(json.actions).toHaveLength(ACTIONS.length);
    const of = (id: string) => json.actions.find((one: { id: string }) => one.id === id);
    expect(of('scale-ecs-service')).toMatchObject({
      risk: 'low',
      reversible: true,
      allowed: true,
      services: [{ service: 'checkout', mode: 'act', alarms: ['checkout-errors'], maximum: 8, onRequest: false }],
      needs: 'an entry "scale-ecs-service" in the remedies of a service',
    });
    expect(of('redeploy-ecs-service')).toMatchObject({ reversible: false, allowed: false, services: [] });
    expect(of('rerun-failed-jobs')).toMatchObject({ allowed: true, services: [], otherRepositories: 'act' });
    expect(of('open-issue')).toMatchObject({ allowed: false, otherRepositories: null });
  });

  it('says of a service in a lower mode, and of what people switched off, that it is not allowed', async () => {
    const quiet = await aService({
      configure: (one) => ({ ...one, services: one.services.map((service) => ({ ...service, mode: 'suggest' })) }),
    });
    const { json } = await quiet.call('/api/actions', { as: 'viewer' });
    const scale = json.actions.find((one: { id: string }) => one.id === 'scale-ecs-service');
    expect(scale).toMatchObject({ allowed: false, services: [{ mode: 'suggest' }] });
  });
});

describe('GET /api/actions/recent', () => {
  it('[D132] tells what was executed and what came of it', async () => {
    const api = await aService();
    const digest = 'd'.repeat(64);
    const summary = redactedText('Changed the number of tasks from 3 to 4.');
    await api.deps.incidents.intend(
      anActionRecord({
        incidentId: api.incident.id,
        digest,
        actionId: 'scale-ecs-service',
        state: 'done',
        verified: 'recovered',
        receipt: { summary, at: '2026-11-21T11:59:00.000Z', facts: {} },
      }),
    );
    const { json } = await api.call('/api/actions/recent?service=checkout', { as: 'viewer' });
    expect(json).toMatchObject({
      next: null,
      actions: [
        {
          action: 'scale-ecs-service',
          incident: api.incident.id,
          subject: 'checkout-errors',
          requestedBy: null,
          state: 'done',
          verified: 'recovered',
          summary,
        },
      ],
    });
    const none = await api.call('/api/actions/recent?action=reboot-rds-instance', { as: 'viewer' });
    expect(none.json.actions).toEqual([]);
    expect((await api.call('/api/actions/recent?action=../x', { as: 'viewer' })).statusCode).toBe(400);
  });
});

describe('GET /api/actions/stats', () => {
  it('[D141] counts tries, what helped, what was undone and how long it took', async () => {
    const api = await aService();
    const outcome = (digest: string, change: object) => ({
      version: 1 as const,
      incidentId: 'cw-1',
      digest,
      class: 'memory_leaks' as const,
      scope: 'alarm#x',
      actionId: 'scale-ecs-service',
      verified: 'recovered' as const,
      trusted: true,
      at: '2026-11-21T10:00:00.000Z',
      ...change,
    });
    const { experience } = api.deps;
    await experience.addActionOutcome(outcome('1', { secondsToRecover: 60 }));
    await experience.addActionOutcome(outcome('2', { secondsToRecover: 120, class: 'runtime_exceptions' }));
    await experience.addActionOutcome(outcome('3', { verified: 'failed', undone: true }));
    await experience.addActionOutcome(outcome('4', { verified: 'failed', by: 'ada' }));
    await experience.addActionOutcome(outcome('5', { at: '2025-01-01T00:00:00.000Z' }));
    await experience.addActionOutcome(outcome('6', { actionId: 'redeploy-ecs-service' }));
    const { json } = await api.call('/api/actions/stats?days=30&action=scale-ecs-service', { as: 'viewer' });
    expect(json).toMatchObject({
      days: 30,
      actions: [
        {
          action: 'scale-ecs-service',
          tries: 4,
          helped: { hits: 2, cases: 4 },
          verified: 3,
          judgedByPeople: 1,
          undone: 1,
          meanSecondsToRecover: 90,
        },
      ],
    });
    const all = await api.call('/api/actions/stats?days=30', { as: 'viewer' });
    expect(all.json.actions.map(({ action }: { action: string }) => action)).toEqual([
      'scale-ecs-service',
      'redeploy-ecs-service',
    ]);
    expect((await api.call('/api/actions/stats?days=0', { as: 'viewer' })).statusCode).toBe(400);
  });
});

describe('POST /api/actions/execute', () => {
  it('[D109] opens an incident that goes the way of every other, to the effect', async () => {
    const api = await aService();
    const { statusCode, headers, json } = await post(api, '/api/actions/execute', {
      ...SCALE,
      to: 5,
      reason: 'Sale at noon',
    });
    expect(statusCode).toBe(202);
    expect(headers?.location).toBe(`/api/incidents/${json.id}`);
    expect(json).toMatchObject({
      status: 'open',
      request: { action: 'scale-ecs-service', to: 5, by: 'ada@example.com', about: null },
      subject: { kind: 'alarm', alarm: 'checkout-errors' },
    });
    const plan = await planned(api, json.id);
    expect(plan).toMatchObject({ decision: 'act', actionId: 'scale-ecs-service' });
    expect(plan.reasons.join(' ')).toContain('ada@example.com asked for it. Reason: Sale at noon');
    const digest = plan.digest as string;
    const granted = await guard({ incidentId: json.id, digest }, api.deps);
    expect(granted).toMatchObject({ next: 'act' });
    const acted = await act({ incidentId: json.id, digest, lease: granted.lease as string }, api.deps);
    expect(acted.state).toBe('done');
    expect(api.state.effects).toEqual(['scale:5']);
    expect((await api.deps.incidents.auditTrail(json.id)).map(({ event }) => event)).toEqual([
      'action.requested',
      'incident.opened',
      'plan.made',
      'guard.granted',
      'action.intended',
      'action.done',
    ]);
  });

  it('asks for the approval that policy asks for, and not the one who asked for the action', async () => {
    const api = await aService({
      configure: (one) => ({ ...one, policy: { ...one.policy, approvalRequiredRisks: ['low'] } }),
    });
    const { json } = await post(api, '/api/actions/execute', SCALE);
    const plan = await planned(api, json.id);
    expect(plan.decision).toBe('approve');
    const digest = plan.digest as string;
    await api.deps.incidents.putApproval({
      incidentId: json.id,
      digest,
      taskToken: 'token',
      requestedAt: api.clock.now().toISOString(),
      expiresAt: new Date(api.clock.now().getTime() + 3_600_000).toISOString(),
      state: 'pending',
      decidedBy: null,
    });
    const decided = await post(api, `/api/approvals/${json.id}/${digest}`, { decision: 'approved' }, 'approver');
    expect([decided.statusCode, decided.json.detail]).toEqual([
      403,
      'You asked for this action: somebody else has to approve it.',
    ]);
    expect(await guard({ incidentId: json.id, digest }, api.deps)).toMatchObject({ next: 'escalate', lease: null });
    expect(api.state.effects).toEqual([]);
  });

  it('chooses nothing else when what was asked for does not fit or did not help', async () => {
    const api = await aService();
    const { json } = await post(api, '/api/actions/execute', SCALE);
    Object.assign(api.state.resources[0] ?? {}, { settled: false });
    const plan = await planned(api, json.id);
    expect(plan).toMatchObject({ decision: 'escalate', digest: null });
    expect(plan.reasons.join()).toContain('does not fit the target as it is now');
    const later = await makePlan({ incidentId: json.id, tried: ['scale-ecs-service'], held: false }, api.deps);
    expect(later.reasons.join()).toContain('did not help. Nothing else is tried.');
  });

  it('re-runs the jobs of an ended incident', async () => {
    const api = await aService({ family: 'github', actionId: 'rerun-failed-jobs', incident: { status: 'suggested' } });
    const order = { action: 'rerun-failed-jobs', incident: api.incident.id };
    const { statusCode, json } = await post(api, '/api/actions/execute', order);
    expect([statusCode, json.request?.about]).toEqual([202, api.incident.id]);
    const plan = await planned(api, json.id);
    expect(plan).toMatchObject({ decision: 'act', actionId: 'rerun-failed-jobs' });
  });

  it('opens one incident for repeats with one key', async () => {
    const api = await aService();
    const key = { 'idempotency-key': 'button-17' };
    const first = await post(api, '/api/actions/execute', SCALE, 'operator', key);
    const second = await post(api, '/api/actions/execute', SCALE, 'operator', key);
    expect(second.json.id).toBe(first.json.id);
    expect(api.sent).toHaveLength(1);
    const other = await post(api, '/api/actions/execute', { ...SCALE, to: 6 }, 'operator', key);
    expect(other.statusCode).toBe(422);
  });

  it('lets the second of two requests for one target do nothing, and says which incident is first', async () => {
    const api = await aService();
    const [one, other] = [
      await post(api, '/api/actions/execute', SCALE),
      await post(api, '/api/actions/execute', SCALE),
    ];
    const [first, second] = api.sent;
    if (first === undefined || second === undefined) throw new Error('Both are sent.');
    expect(await ingestSignal(first, api.changeable)).toBe('opened');
    expect(await ingestSignal(second, api.changeable)).toBe('request-refused');
    expect(await api.deps.incidents.get(other.json.id)).toMatchObject({
      status: 'linked',
      parentId: one.json.id,
      outcomeReason: expect.stringContaining(one.json.id),
    });
    expect(api.deps.workflow.started).toEqual([`${one.json.id}-1`]);
  });

  it.each([
    [{ action: 'no-such-action', service: 'checkout' }, 'json.action', 'no action no-such-action'],
    [{ action: '../x', service: 'checkout' }, 'json.action', 'Must be the id of an action'],
    [{ action: 'scale-ecs-service' }, 'json.service', 'either a service or an incident'],
    [{ ...SCALE, incident: 'cw-12345678' }, 'json.service', 'either a service or an incident'],
    [{ action: 'scale-ecs-service', service: 'basket' }, 'json.service', 'has no service basket'],
    [{ action: 'scale-ecs-service', incident: 'cw-12345678' }, 'json.incident', 'no incident cw-12345678'],
    [{ ...SCALE, alarm: 'orders-errors' }, 'json.alarm', 'checkout-errors'],
    [{ ...SCALE, to: 0 }, 'json.to', 'at least 1'],
    [{ ...SCALE, to: 2.5 }, 'json.to', 'whole number'],
    [{ ...SCALE, reason: 'x'.repeat(1001) }, 'json.reason', '1000'],
    [{ ...SCALE, mode: 'act' }, 'json', 'mode'],
  ])('refuses %j by its field', async (order, field, words) => {
    const api = await aService();
    const { statusCode, json } = await post(api, '/api/actions/execute', order);
    expect(statusCode).toBe(400);
    expect(json.errors).toEqual([{ field, problem: expect.stringContaining(words) }]);
    expect(api.sent).toEqual([]);
  });

  it.each<[string, (api: Api) => Promise<unknown> | unknown, object, string]>([
    [
      'the kill switch is on',
      ({ deps }) => deps.control.setControls({ killSwitch: true, reason: 'audit' }),
      {},
      'The kill switch is on: audit.',
    ],
    ['its alarm is quiet', ({ state }) => Object.assign(state.alarm ?? {}, QUIET), {}, 'checkout-errors (OK)'],
    ['more is asked for than its owner allows', () => undefined, { to: 9 }, 'checkout may have 8 at most'],
    [
      'the configuration does not list it',
      () => undefined,
      { action: 'redeploy-ecs-service' },
      'does not allow redeploy-ecs-service for checkout',
    ],
    [
      'it is of another kind',
      () => undefined,
      { action: 'rerun-failed-jobs' },
      'does not allow rerun-failed-jobs for checkout',
    ],
    [
      'an incident works on the alarm',
      ({ listed, incident }) => listed.push({ ...incident, id: 'cw-open-one', status: 'open' }),
      {},
      'Incident cw-open-one is working on it',
    ],
  ])('refuses while %s', async (_when, prepare, change, words) => {
    const api = await aService();
    await prepare(api);
    const { statusCode, json } = await post(api, '/api/actions/execute', { ...SCALE, ...change });
    expect([statusCode, json.detail]).toEqual([409, expect.stringContaining(words)]);
    expect(api.sent).toEqual([]);
  });

  it.each<[string, (one: Configuration) => Configuration, string]>([
    [
      'the mode is too low',
      (one) => ({ ...one, services: one.services.map((service) => ({ ...service, mode: 'suggest' })) }),
      'The mode here is suggest',
    ],
    [
      'changes are frozen',
      (one) => ({
        ...one,
        policy: {
          ...one.policy,
          freezes: [{ from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', reason: 'sale' }],
        },
      }),
      'Changes are frozen until 2026-12-01T00:00:00Z: sale.',
    ],
    [
      'the action is switched off',
      (one) => ({
        ...one,
        policy: {
          ...one.policy,
          autonomy: { ...one.policy.autonomy, actions: [{ id: 'scale-ecs-service', alwaysAsk: false, off: true }] },
        },
      }),
      'switched off',
    ],
  ])('refuses while %s', async (_when, configure, words) => {
    const api = await aService({ configure });
    const { statusCode, json } = await post(api, '/api/actions/execute', SCALE);
    expect([statusCode, json.detail]).toEqual([409, expect.stringContaining(words)]);
  });

  it('does nothing when the kill switch is turned on after the plan, and the incident says so', async () => {
    const api = await aService();
    const { json } = await post(api, '/api/actions/execute', SCALE);
    const digest = (await planned(api, json.id)).digest as string;
    await api.deps.control.setControls({ killSwitch: true, reason: 'audit' });
    expect(await guard({ incidentId: json.id, digest }, api.deps)).toMatchObject({ next: 'escalate', lease: null });
    const story = await api.call(`/api/incidents/${json.id}/timeline`, { as: 'viewer' });
    expect(story.json.story.map(({ words }: { words: string }) => words).join()).toContain(
      'The kill switch is on: audit.',
    );
    expect(api.state.effects).toEqual([]);
  });

  it('[D254] is described by the schema ActionCreate', async () => {
    const { json } = await (await aService()).call('/api/openapi.json');
    const { post: operation } = json.paths['/api/actions/execute'];
    expect(operation.requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/ActionCreate');
    for (const name of ['IncidentCreate', 'IncidentResponse', 'ActionCreate', 'KnowledgeBaseEntry', 'LogEntry'])
      expect(json.components.schemas).toHaveProperty(name);
    expect(json.tags.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(operation.tags));
  });
});

describe('POST /api/actions/{id}/try', () => {
  it('[D134] tells what it would do to a service, and does nothing', async () => {
    const api = await aService();
    const { statusCode, json } = await post(
      api,
      '/api/actions/scale-ecs-service/try',
      { service: 'checkout', to: 6 },
      'viewer',
    );
    expect(statusCode).toBe(200);
    expect(json).toMatchObject({
      action: 'scale-ecs-service',
      decision: 'act',
      effect: 'Runs 6 tasks of the ECS service shop/checkout instead of 3.',
      undo: 'If it does not help, Selfheal sets the number of tasks of shop/checkout back to 3.',
    });
    expect([api.sent, api.state.effects]).toEqual([[], []]);
  });

  it('says that a person would be asked, or that it does not fit', async () => {
    const asking = await aService({
      configure: (one) => ({ ...one, policy: { ...one.policy, approvalRequiredRisks: ['low'] } }),
    });
    const path = '/api/actions/scale-ecs-service/try';
    const asked = await post(asking, path, { service: 'checkout' }, 'viewer');
    expect(asked.json).toMatchObject({ decision: 'approve', effect: expect.stringContaining('4 tasks') });
    const api = await aService();
    const unfit = await post(api, path, { service: 'checkout', to: 3 }, 'viewer');
    expect(unfit.json).toMatchObject({ decision: 'escalate', effect: null });
  });

  it('says what stands against it: a quiet alarm, the mode, the kill switch', async () => {
    const api = await aService();
    const path = '/api/actions/scale-ecs-service/try';
    await api.deps.control.setControls({ killSwitch: true, reason: 'audit' });
    const stopped = await post(api, path, { service: 'checkout' }, 'viewer');
    expect(stopped.json).toMatchObject({
      decision: 'deny',
      effect: null,
      reasons: expect.arrayContaining(['The kill switch is on: audit.']),
    });
    Object.assign(api.state.alarm ?? {}, QUIET);
    expect((await post(api, path, { service: 'checkout' }, 'viewer')).json).toMatchObject({
      decision: 'recovered',
      effect: null,
    });
    const suggesting = await aService({
      configure: (one) => ({ ...one, services: one.services.map((service) => ({ ...service, mode: 'suggest' })) }),
    });
    expect((await post(suggesting, path, { service: 'checkout' }, 'viewer')).json.decision).toBe('suggest');
  });

  it('describes sample values without a target, and what a repository allows', async () => {
    const api = await aService();
    const sample = await post(api, '/api/actions/scale-ecs-service/try', {}, 'viewer');
    expect(sample.json).toMatchObject({ decision: 'sample', effect: expect.stringContaining('shop/orders') });
    const issue = await post(api, '/api/actions/open-issue/try', { repository: 'acme/shop' }, 'viewer');
    expect(issue.json).toMatchObject({
      decision: 'suggest',
      reasons: expect.arrayContaining(['The mode of acme/shop is act.']),
    });
    const rerun = await post(api, '/api/actions/rerun-failed-jobs/try', { repository: 'acme/shop' }, 'viewer');
    expect(rerun.json.decision).toBe('act');
  });

  it.each([
    ['/api/actions/no-such/try', {}, 404, 'no action no-such'],
    ['/api/actions/scale-ecs-service/try', { repository: 'acme/shop' }, 400, 'changes services'],
    ['/api/actions/scale-ecs-service/try', { service: 'basket' }, 400, 'has no service basket'],
    ['/api/actions/redeploy-ecs-service/try', { service: 'checkout' }, 409, 'does not allow'],
  ])('refuses %s with %j', async (path, body, status, words) => {
    const api = await aService();
    const { statusCode, json } = await post(api, path, body, 'viewer');
    expect([statusCode, json.detail]).toEqual([status, expect.stringContaining(words)]);
  });
});

describe('/api/applications', () => {
  it('lists the services with what may be done to them', async () => {
    const { json } = await (await aService()).call('/api/applications', { as: 'viewer' });
    expect(json.applications).toMatchObject([
      {
        id: 'checkout',
        mode: 'act',
        deployment: 'ecs-service',
        actions: expect.arrayContaining(['scale-ecs-service']),
        scaling: [{ action: 'scale-ecs-service', maximum: 8, onRequest: false }],
      },
    ]);
  });

  it('[D110] tells the health of one: alarms, open incidents, last actions', async () => {
    const api = await aService({ incident: { status: 'resolved' } });
    const failing = await api.call('/api/applications/checkout/health', { as: 'viewer' });
    expect(failing.json).toMatchObject({
      id: 'checkout',
      state: 'failing',
      alarms: [{ name: 'checkout-errors', state: 'ALARM', since: '2026-11-21T11:58:00.000Z' }],
      openIncidents: [],
      lastHealed: { incident: api.incident.id },
    });
    Object.assign(api.state.alarm ?? {}, QUIET);
    expect((await api.call('/api/applications/checkout/health', { as: 'viewer' })).json.state).toBe('healthy');
    api.state.alarm = null;
    expect((await api.call('/api/applications/checkout/health', { as: 'viewer' })).json).toMatchObject({
      state: 'unknown',
      alarms: [{ state: 'MISSING', since: null }],
    });
    expect((await api.call('/api/applications/basket/health', { as: 'viewer' })).statusCode).toBe(404);
  });

  it('[D110] scales one by the action that its remedy allows, also a quiet one where its owner lets people ask', async () => {
    const api = await aService({ remedy: { onRequest: true } });
    Object.assign(api.state.alarm ?? {}, QUIET);
    const { statusCode, json } = await post(api, '/api/applications/checkout/scale', { to: 7 });
    expect([statusCode, json.request]).toMatchObject([202, { action: 'scale-ecs-service', to: 7 }]);
    const plan = await planned(api, json.id);
    expect(plan).toMatchObject({ decision: 'act', actionId: 'scale-ecs-service' });
    const digest = plan.digest as string;
    const { lease } = await guard({ incidentId: json.id, digest }, api.deps);
    await act({ incidentId: json.id, digest, lease: lease as string }, api.deps);
    expect(api.state.effects).toEqual(['scale:7']);
  });

  it.each([
    [{ to: 9 }, 400, 'The owner of checkout allows 8 at most.'],
    [{ to: 0 }, 400, 'at least 1'],
    [{}, 400, 'json.to'],
    [{ to: 4, force: true }, 400, 'force'],
  ])('refuses to scale with %j', async (order, status, words) => {
    const api = await aService();
    const { statusCode, json } = await post(api, '/api/applications/checkout/scale', order);
    expect([statusCode, json.detail]).toEqual([status, expect.stringContaining(words)]);
    expect(api.sent).toEqual([]);
  });

  it('refuses to scale a service whose remedies have nothing that scales it', async () => {
    const api = await aService({ actionId: 'redeploy-ecs-service' });
    const { statusCode, json } = await post(api, '/api/applications/checkout/scale', { to: 4 });
    expect([statusCode, json.detail]).toEqual([409, expect.stringContaining('No remedy of checkout scales it')]);
    expect((await post(api, '/api/applications/basket/scale', { to: 4 })).statusCode).toBe(404);
  });
});
