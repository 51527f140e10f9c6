import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import type { Playbook } from '#shared/domain/playbook/playbook.ts';
import { changeableKeys } from '#shared/domain/remediation/target-key.ts';
import type { ActionPlugin, ActionPorts } from '#shared/plugins/actions/contract.ts';
import { ACTIONS, actionsOf } from '#shared/plugins/actions/registry.ts';
import type { AlarmState } from '#shared/ports/cloud.ts';
import type { Automation, EndpointRequest } from '#shared/ports/playbook-effects.ts';
import {
  aClassification,
  aConfiguration,
  anAlarmTarget,
  anApiCall,
  anSsmDocument,
  anSsmParameter,
  aService,
  aTelemetry,
  ENDPOINTS,
  someAlarmFacts,
} from '#test/builders/index.ts';
import { fakeAlarms, fakeAutomations, fakeEndpoints, fakeParameters } from '#test/fakes/index.ts';
import { anActionWorld } from '../action-world.ts';

type Written = z.input<typeof Playbook>;
const API_CALL = anApiCall({
  reversibility: 'reversible',
  undo: { endpoint: 'jobs:/jobs/{job}/runs/{key}', method: 'DELETE' },
  verify: {
    endpoint: 'jobs:/jobs/{job}/runs/{key}',
    success: { field: 'state', in: ['done'] },
    failed: { field: 'state', in: ['failed'] },
  },
});
const DOCUMENT = anSsmDocument({
  reversibility: 'reversible',
  undo: { document: 'Acme-RestartUnit', arguments: { Unit: 'before' } },
  role: 'arn:aws:iam::123456789012:role/acme',
});
const PARAMETER = anSsmParameter();
const WITH: Readonly<Record<string, z.input<typeof Service>['playbooks']>> = {
  'start-job': [{ id: 'start-job', with: { job: 'nightly' } }],
  'restart-unit': [{ id: 'restart-unit', with: { unit: 'web' } }],
  'switch-on': ['switch-on'],
};

const serviceOf = (id: string) => aService({ deployment: null, playbooks: WITH[id] });
const configurationOf = (...written: Written[]) =>
  aConfiguration({
    http: { allowedEndpoints: [...ENDPOINTS] },
    playbooks: written,
    services: [{ id: 'checkout', alarms: ['checkout-errors'], playbooks: written.flatMap(({ id }) => WITH[id] ?? []) }],
  });
function actionFor(written: Written): ActionPlugin {
  const found = actionsOf(configurationOf(written)).find(({ id }) => id === written.id);
  if (found === undefined) throw new Error(`No action was made of ${written.id}.`);
  return found;
}
const context = (written: Written, change: object = {}) => ({
  target: anAlarmTarget(),
  telemetry: aTelemetry({ facts: someAlarmFacts({ deployment: null }) }),
  classification: aClassification(),
  service: serviceOf(written.id),
  configuration: configurationOf(written),
  now: new Date('2026-11-21T12:00:00Z'),
  ...change,
});
function bound(written: Written): unknown {
  const action = actionFor(written);
  return action.parameters.parse(JSON.parse(JSON.stringify(action.propose(context(written))[0]?.parameters)));
}

/** A job service, Systems Manager and an alarm, as small as they can be. */
function aWorld() {
  const { ports: others, clock } = anActionWorld();
  const state = {
    runs: new Map<string, { state: string }>(),
    automations: [] as (Automation & { token: string })[],
    parameter: 'off' as string | null,
    alarm: { state: 'ALARM', since: '2026-11-21T11:58:00.000Z' } as AlarmState,
    sent: [] as (EndpointRequest | string)[],
  };
  const ports: ActionPorts = {
    ...others,
    alarms: fakeAlarms({ read: async () => state.alarm }),
    endpoints: fakeEndpoints({
      read: async (endpoint) => {
        const run = state.runs.get(endpoint);
        return { status: run === undefined ? 404 : 200, body: run ?? null };
      },
      send: async (request) => {
        state.sent.push(request);
        if (request.method === 'DELETE') state.runs.delete(request.endpoint);
        else state.runs.set(request.endpoint, { state: 'running' });
        return { status: 200, body: {} };
      },
    }),
    automations: fakeAutomations({
      start: async ({ token, arguments: given }) => {
        const before = state.automations.find((one) => one.token === token);
        if (before !== undefined) return before.id;
        state.sent.push(given.Unit ?? '');
        const id = `run-${state.automations.length}`;
        const startedAt = clock.now().toISOString();
        state.automations.push({ id, state: 'running', status: 'InProgress', startedAt, arguments: given, token });
        return id;
      },
      find: async (_document, _since, given) =>
        state.automations.find((one) => one.arguments.Unit === given.Unit) ?? null,
    }),
    parameters: fakeParameters({
      read: async () => state.parameter,
      write: async (_name, value) => {
        state.sent.push(value);
        state.parameter = value;
      },
    }),
  };
  const endWell = () => {
    for (const run of state.runs.values()) run.state = 'done';
    state.automations = state.automations.map((one) => ({ ...one, state: 'succeeded', status: 'Success' }));
  };
  const heal = () => {
    state.alarm = { state: 'OK', since: clock.now().toISOString() };
    clock.advance(3_600_000);
  };
  return { state, ports, clock, endWell, heal };
}

describe('the actions of a configuration', () => {
  it('are the built-in ones and one for each playbook that a service allows and has every value for', () => {
    const idle = { ...PARAMETER, id: 'switch-two' };
    const lacking = anApiCall();
    const configuration = aConfiguration({
      playbooks: [PARAMETER, idle, lacking],
      services: [{ id: 'checkout', alarms: ['a'], playbooks: ['switch-on', 'start-job'] }],
    });
    expect(actionsOf(configuration).map(({ id }) => id)).toEqual([...ACTIONS.map(({ id }) => id), 'switch-on']);
    expect(actionsOf(aConfiguration())).toEqual(ACTIONS);
  });
});

describe.each([
  ['a call of an endpoint', API_CALL, 'http'],
  ['a run of a document', DOCUMENT, 'ssm'],
  ['a switch of a parameter', PARAMETER, 'ssm'],
] as const)('%s', (_name, written, family) => {
  const action = actionFor(written);

  it('is an action of its family with the risk that its author stated', () => {
    expect(action).toMatchObject({ id: written.id, family, risk: written.risk, title: written.title });
    expect(action.parameters.parse(action.sample)).toEqual(action.sample);
    expect(action.parameters.safeParse({ ...(action.sample as object), more: 1 }).success).toBe(false);
    expect(action.describe(bound(written))).not.toMatch(/[{}]/);
  });

  it('is proposed for the ringing alarm of a service that allows it, and changes only what is that service’s own', () => {
    const [proposal, ...more] = action.propose(context(written));
    expect(more).toEqual([]);
    expect(proposal).toMatchObject({
      confidence: 0.9,
      parameters: { service: 'checkout', alarmName: 'checkout-errors' },
    });
    const service = serviceOf(written.id);
    expect(changeableKeys(anAlarmTarget(), service)).toEqual([action.targetKey(proposal?.parameters)]);
    expect(changeableKeys(anAlarmTarget(), aService({ id: 'other', deployment: null }))).toEqual([]);
    const elsewhere = aService({ id: 'other', deployment: null, playbooks: WITH[written.id] });
    expect(changeableKeys(anAlarmTarget(), elsewhere)).not.toContain(action.targetKey(proposal?.parameters));
  });

  it.each([
    ['another class', { classification: aClassification({ class: 'memory_leaks' }) }],
    ['an alarm that is OK', { telemetry: aTelemetry({ facts: someAlarmFacts({ state: 'OK' }) }) }],
    ['a service that does not allow it', { service: aService({ deployment: null }) }],
    ['no service', { service: null }],
    ['a storm', { target: { kind: 'storm', startedAt: '2026-11-21T12:00:00Z' } }],
  ])('is not proposed for %s', (_what, change) => {
    expect(action.propose(context(written, change) as never)).toEqual([]);
  });

  it('sees that it is not started, then that it happened, and sends its effect once', async () => {
    const { ports, state } = aWorld();
    expect(await action.observe(bound(written), ports)).toEqual({ kind: 'not-started' });
    const receipt = await action.execute(bound(written), ports);
    expect(state.sent).toHaveLength(1);
    expect(await action.observe(bound(written), ports)).toMatchObject({
      kind: 'happened',
      receipt: { facts: receipt.facts },
    });
  });

  it('does not fit any more once the alarm is OK by itself', async () => {
    const { ports, heal } = aWorld();
    heal();
    expect((await action.observe(bound(written), ports)).kind).toBe('superseded');
  });

  it('is verified by its own success check first and by the alarm then', async () => {
    const { ports, endWell, heal } = aWorld();
    const receipt = await action.execute(bound(written), ports);
    const { target, configuration } = context(written);
    const look = () => action.verify(bound(written), receipt, { ports, target, configuration, poll: 0 });
    expect((await look()).state).toBe('pending');
    heal();
    if (written.kind !== 'ssm_parameter') expect((await look()).state).not.toBe('recovered');
    endWell();
    expect((await look()).state).toBe('recovered');
  });

  it('is undone once, however often it is asked', async () => {
    const { ports, state } = aWorld();
    const receipt = await action.execute(bound(written), ports);
    expect(await action.undo?.(bound(written), receipt, ports)).not.toBe('');
    await action.undo?.(bound(written), receipt, ports);
    expect(state.sent).toHaveLength(2);
  });

  it('asks for no right without a service that allows it', () => {
    const configuration = aConfiguration({ playbooks: [written] });
    expect(action.grants(configuration)).toEqual({ execute: [], observe: [], undo: [] });
  });
});

describe('a call of an endpoint', () => {
  const action = actionFor(API_CALL);

  it('[D62] fills payload, path and key from the catalogue; the key is the same when repeated and new for the next alarm', async () => {
    const { ports, state } = aWorld();
    await action.execute(bound(API_CALL), ports);
    const [sent] = state.sent as EndpointRequest[];
    expect(sent).toMatchObject({ method: 'PUT', payload: { job: 'nightly' }, timeoutSeconds: 10 });
    expect(sent?.endpoint).toBe(`jobs:/jobs/nightly/runs/${sent?.key}`);
    const next = { ...(bound(API_CALL) as object), since: '2026-11-22T11:58:00.000Z' };
    await action.execute(next, ports);
    expect((state.sent[1] as EndpointRequest).key).not.toBe(sent?.key);
  });

  it('did not happen when it is refused, and may have when an accepted answer says something else', async () => {
    const { ports } = aWorld();
    const answering = (status: number) => ({
      ...ports,
      endpoints: fakeEndpoints({ send: async () => ({ status, body: null }) }),
    });
    await expect(action.execute(bound(API_CALL), answering(403))).rejects.toMatchObject({ name: 'Refused' });
    await expect(action.execute(bound(API_CALL), answering(202))).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  });

  it('is superseded when the endpoint shows neither what was before nor what should be after', async () => {
    const { ports } = aWorld();
    const odd = { ...ports, endpoints: fakeEndpoints({ read: async () => ({ status: 403, body: null }) }) };
    expect((await action.observe(bound(API_CALL), odd)).kind).toBe('superseded');
    await expect(action.undo?.(bound(API_CALL), { summary: '', at: '', facts: {} }, odd)).rejects.toMatchObject({
      name: 'Refused',
    });
  });

  it('fails when its own success check says so, before the alarm is looked at', async () => {
    const { ports, state, heal } = aWorld();
    const receipt = await action.execute(bound(API_CALL), ports);
    for (const run of state.runs.values()) run.state = 'failed';
    heal();
    const { target, configuration } = context(API_CALL);
    expect(await action.verify(bound(API_CALL), receipt, { ports, target, configuration, poll: 0 })).toMatchObject({
      state: 'failed',
    });
  });

  it('reads only the credentials of the endpoints that it calls', () => {
    const arn = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${'jobs'}-a1b2c3`;
    const [jobs, inside] = ENDPOINTS;
    const configuration = {
      ...configurationOf(API_CALL),
      http: {
        allowedEndpoints: [
          { ...jobs!, authorizationSecretArn: arn },
          { ...inside!, authorizationSecretArn: `${arn}x` },
        ],
      },
    };
    const secret = { actions: ['secretsmanager:GetSecretValue'], resources: [arn] };
    expect(action.grants(configuration)).toMatchObject({ execute: [secret], undo: [secret] });
    expect(JSON.stringify(action.grants(configuration).observe)).not.toContain(`${arn}x`);
  });
});

describe('a run of a document', () => {
  const action = actionFor(DOCUMENT);

  it('may start exactly this document, pass on exactly its role, and read how executions go', () => {
    const here = `arn:\${Partition}:ssm:\${Region}:\${Account}`;
    expect(action.grants(configurationOf(DOCUMENT)).execute).toEqual([
      {
        actions: ['ssm:StartAutomationExecution'],
        resources: [`${here}:document/Acme-RestartUnit`, `${here}:automation-execution/*`],
      },
      {
        actions: ['iam:PassRole'],
        resources: ['arn:aws:iam::123456789012:role/acme'],
        conditions: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      },
    ]);
  });

  it('fails when the execution fails, is gone or takes too long', async () => {
    const { ports, state, clock } = aWorld();
    const receipt = await action.execute(bound(DOCUMENT), ports);
    const { target, configuration } = context(DOCUMENT);
    const look = () => action.verify(bound(DOCUMENT), receipt, { ports, target, configuration, poll: 0 });
    clock.advance(601_000);
    expect(await look()).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('longer than 600 seconds'),
    });
    state.automations = state.automations.map((one) => ({ ...one, state: 'failed', status: 'TimedOut' }));
    expect(await look()).toMatchObject({ state: 'failed', summary: expect.stringContaining('TimedOut') });
    state.automations = [];
    expect(await look()).toMatchObject({ state: 'failed', summary: expect.stringContaining('cannot be found') });
  });
});

describe('a switch of a parameter', () => {
  const action = actionFor(PARAMETER);

  it('stops at a value that is neither the one before nor the one after, and leaves it so', async () => {
    const { ports, state } = aWorld();
    const receipt = await action.execute(bound(PARAMETER), ports);
    for (const value of ['half', null]) {
      state.parameter = value;
      expect((await action.observe(bound(PARAMETER), ports)).kind).toBe('superseded');
      await expect(action.undo?.(bound(PARAMETER), receipt, ports)).rejects.toMatchObject({ name: 'Refused' });
      const { target, configuration } = context(PARAMETER);
      expect(await action.verify(bound(PARAMETER), receipt, { ports, target, configuration, poll: 0 })).toMatchObject({
        state: 'failed',
      });
    }
    expect(state.sent).toEqual(['on']);
  });

  it('may read and write exactly this parameter', () => {
    const resources = [`arn:\${Partition}:ssm:\${Region}:\${Account}:parameter/shop/backoff`];
    const { execute, undo } = action.grants(configurationOf(PARAMETER));
    expect(execute).toEqual([{ actions: ['ssm:PutParameter'], resources }]);
    expect(undo).toEqual([
      { actions: ['ssm:GetParameter'], resources },
      { actions: ['ssm:PutParameter'], resources },
    ]);
  });
});
