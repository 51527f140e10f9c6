import { describe, expect, it } from 'vitest';
import { changeableKeys } from '#shared/domain/plan/target-key.ts';
import { ACTIONS, actionsOf } from '#shared/plugins/actions/registry.ts';
import {
  aClassification,
  aConfiguration,
  anAlarmTarget,
  anApiCall,
  aService,
  aTelemetry,
  someAlarmFacts,
} from '#test/builders/index.ts';
import {
  API_CALL,
  actionFor,
  aPlaybookWorld,
  bound,
  contextOf,
  DOCUMENT,
  PARAMETER,
  serviceOf,
  WITH,
} from './playbook-world.ts';

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
    const [proposal, ...more] = action.propose(contextOf(written));
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
    expect(action.propose(contextOf(written, change) as never)).toEqual([]);
  });

  it('sees that it is not started, then that it happened, and sends its effect once', async () => {
    const { ports, state } = aPlaybookWorld();
    expect(await action.observe(bound(written), ports)).toEqual({ kind: 'not-started' });
    const receipt = await action.execute(bound(written), ports);
    expect(state.sent).toHaveLength(1);
    expect(await action.observe(bound(written), ports)).toMatchObject({
      kind: 'happened',
      receipt: { facts: receipt.facts },
    });
  });

  it('does not fit any more once the alarm is OK by itself', async () => {
    const { ports, heal } = aPlaybookWorld();
    heal();
    expect((await action.observe(bound(written), ports)).kind).toBe('superseded');
  });

  it('is verified by its own success check first and by the alarm then', async () => {
    const { ports, endWell, heal } = aPlaybookWorld();
    const receipt = await action.execute(bound(written), ports);
    const { target, configuration } = contextOf(written);
    const look = () => action.verify(bound(written), receipt, { ports, target, configuration, poll: 0 });
    expect((await look()).state).toBe('pending');
    heal();
    if (written.kind !== 'ssm_parameter') expect((await look()).state).not.toBe('recovered');
    endWell();
    expect((await look()).state).toBe('recovered');
  });

  it('is undone once, however often it is asked', async () => {
    const { ports, state } = aPlaybookWorld();
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
