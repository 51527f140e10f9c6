import { CorruptRecord, InvalidInput, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { act } from '#shared/app/remediate/act.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { aBoundAction } from '#test/builders/index.ts';
import { aRun } from '../../plugins/actions/action-world.ts';
import { aGrantedRig, type GrantedRig } from '../granted-rig.ts';

describe('acting', () => {
  it.each([
    ['github', 'rerun'],
    ['lambda', 'alias:7'],
    ['ecs', 'ecs:checkout:7'],
  ] as const)('performs a %s effect once and commits its receipt', async (family, effect) => {
    const { input, deps, state, record } = await aGrantedRig({ family });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(state.effects).toEqual([effect]);
    expect(await record()).toMatchObject({ state: 'done', receipt: { summary: expect.any(String) } });
  });

  it('[D228] leaves a trail of the plan, the guard, the intent and the outcome', async () => {
    const { input, deps, incident } = await aGrantedRig();
    await act(input, deps);
    const trail = await deps.incidents.auditTrail(incident.id);
    expect(trail.map(({ event }) => event).sort()).toEqual([
      'action.done',
      'action.intended',
      'guard.granted',
      'plan.made',
    ]);
    expect(trail.every(({ facts }) => facts.digest === input.digest)).toBe(true);
  });

  it('writes the intent before the effect', async () => {
    const { input, deps, ports, record } = await aGrantedRig();
    let atEffect: unknown;
    ports.codeHost.program({
      rerunFailedJobs: async () => {
        atEffect = await record();
      },
    });
    await act(input, deps);
    expect(atEffect).toMatchObject({ state: 'intended', receipt: null });
  });

  it('does nothing when the intent cannot be written', async () => {
    const { input, deps, state } = await aGrantedRig();
    const intend = async () => {
      throw new Retryable('busy');
    };
    await expect(act(input, { ...deps, incidents: { ...deps.incidents, intend } })).rejects.toThrow(Retryable);
    expect(state.effects).toEqual([]);
  });
});

describe('right before the effect', () => {
  it.each([
    ['the kill switch', async (rig: GrantedRig) => rig.deps.control.setControls({ killSwitch: true, reason: 'stop' })],
    ['a lost lease', async (rig) => rig.clock.advance(24 * 3_600_000)],
    ['a foreign lease', async (rig) => rig.deps.control.releaseLease('github:acme/shop/run/1001', rig.input.lease)],
  ] as [string, (rig: GrantedRig) => Promise<void>][])('%s still stops it', async (_what, prepare) => {
    const rig = await aGrantedRig();
    await prepare(rig);
    expect(await act(rig.input, rig.deps)).toMatchObject({ state: 'refused' });
    expect(rig.state.effects).toEqual([]);
    expect(await rig.record()).toMatchObject({ state: 'refused' });
  });

  it('a freeze still stops it', async () => {
    const rig = await aGrantedRig();
    const freezes = [{ from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z', reason: 'sale' }];
    const { policy } = rig.deps.configuration;
    const configuration = { ...rig.deps.configuration, policy: { ...policy, freezes } };
    expect(await act(rig.input, { ...rig.deps, configuration })).toMatchObject({ state: 'refused' });
    expect(rig.state.effects).toEqual([]);
  });

  it.each(['controls', 'holdsLease'] as const)('nothing happens when %s cannot be read', async (method) => {
    const { input, deps, state } = await aGrantedRig();
    const broken = async () => {
      throw new Retryable('busy');
    };
    await expect(act(input, { ...deps, control: { ...deps.control, [method]: broken } })).rejects.toThrow(Retryable);
    expect(state.effects).toEqual([]);
  });

  it('what changed meanwhile is left alone', async () => {
    const { input, deps, state } = await aGrantedRig({ family: 'lambda' });
    state.alias = { ...state.alias, currentVersion: '9', revisionId: 'revision-9' };
    expect(await act(input, deps)).toMatchObject({ state: 'refused' });
    expect(state.effects).toEqual([]);
  });

  it('what somebody else did already is verified as theirs', async () => {
    const { input, deps, state, record } = await aGrantedRig();
    state.run = aRun({ attempt: 2, status: 'queued', conclusion: null });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(state.effects).toEqual([]);
    expect((await record())?.receipt?.facts).toMatchObject({ attempt: 2, byOthers: true });
  });
});

describe('only a sealed plan', () => {
  it('of the own family is executed', async () => {
    const { input, deps, state } = await aGrantedRig();
    await expect(act(input, { ...deps, family: 'lambda' })).rejects.toThrow(InvalidInput);
    expect(state.effects).toEqual([]);
  });

  it('is executed: a changed one is not', async () => {
    const { input, deps, state } = await aGrantedRig();
    const action = (await deps.incidents.getPlan(input.incidentId, input.digest)) as BoundAction;
    const changed = { ...action, parameters: { ...action.parameters, runId: 2 } } as BoundAction;
    const incidents = { ...deps.incidents, getPlan: async () => changed };
    await expect(act(input, { ...deps, incidents })).rejects.toThrow(CorruptRecord);
    expect(state.effects).toEqual([]);
  });

  it.each([
    ['an action nobody knows', { actionId: 'no-such-action' }],
    ['another risk than the action has', { risk: 'high' }],
    ['another family than the action has', { family: 'lambda' }],
    ['parameters that do not fit', { parameters: { repository: 'acme/shop', runId: 1001 } }],
    ['another incident', { incidentId: `gh-${'1'.repeat(24)}` }],
  ] as const)('is executed: a well-sealed one with %s is not', async (_what, change) => {
    const { input, deps, state } = await aGrantedRig();
    const { incidentId } = input;
    const sealed = aBoundAction({ incidentId, ...change });
    const family = sealed.family;
    const incidents = { ...deps.incidents, getPlan: async () => sealed };
    const asked = act({ ...input, digest: sealed.digest }, { ...deps, incidents, family });
    await expect(asked).rejects.toThrow(CorruptRecord);
    expect(state.effects).toEqual([]);
  });

  it('is executed: not another one of the same incident', async () => {
    const { input, deps, state } = await aGrantedRig();
    const incidents = { ...deps.incidents, getPlan: async () => aBoundAction({ incidentId: input.incidentId }) };
    await expect(act({ ...input, digest: 'f'.repeat(64) }, { ...deps, incidents })).rejects.toThrow(CorruptRecord);
    expect(state.effects).toEqual([]);
  });

  it('is executed without reading evidence or diagnosis', async () => {
    const { input, deps } = await aGrantedRig();
    const { evidence: _evidence, ...rest } = deps;
    expect(await act(input, rest)).toMatchObject({ state: 'done' });
  });
});
