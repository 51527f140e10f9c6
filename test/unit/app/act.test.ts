import { describe, expect, it } from 'vitest';
import { act } from '#shared/app/act.ts';
import { guard } from '#shared/app/guard.ts';
import { makePlan } from '#shared/app/plan.ts';
import { CorruptRecord, InvalidInput, OutcomeUnknown, Refused, Retryable } from '#shared/domain/kernel/errors.ts';
import type { BoundAction } from '#shared/domain/remediation/bound-action.ts';
import { aBoundAction, anActionRecord } from '#test/builders/index.ts';
import { inTurn } from '#test/fakes/index.ts';
import { aRun } from '../plugins/actions/action-world.ts';
import { aRemedyRig, type RigOptions } from './remedy-rig.ts';

/** A rig whose plan was made and granted. */
async function aGrantedRig(options: RigOptions = {}) {
  const rig = await aRemedyRig(options);
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [] }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  const { lease } = await guard(place, rig.deps);
  const input = { ...place, lease: lease as string };
  const record = () => rig.deps.incidents.getAction(place.incidentId, place.digest);
  return { ...rig, input, record };
}
/** No answer arrives. */
const lost = async () => {
  throw new OutcomeUnknown('The connection was reset.');
};

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
    const trail = await deps.incidents.listAudit(incident.id);
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
    [
      'the kill switch',
      async (rig: Awaited<ReturnType<typeof aGrantedRig>>) =>
        rig.deps.control.setControls({ killSwitch: true, reason: 'stop' }),
    ],
    ['a lost lease', async (rig) => rig.clock.advance(24 * 3_600_000)],
    ['a foreign lease', async (rig) => rig.deps.control.releaseLease('github:acme/shop/run/1001', rig.input.lease)],
  ] as [string, (rig: Awaited<ReturnType<typeof aGrantedRig>>) => Promise<void>][])(
    '%s still stops it',
    async (_what, prepare) => {
      const rig = await aGrantedRig();
      await prepare(rig);
      expect(await act(rig.input, rig.deps)).toMatchObject({ state: 'refused' });
      expect(rig.state.effects).toEqual([]);
      expect(await rig.record()).toMatchObject({ state: 'refused' });
    },
  );

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

describe('an effect whose answer was lost', () => {
  it('is found by reading back, without a second attempt', async () => {
    const { input, deps, ports, state } = await aGrantedRig();
    ports.codeHost.program({
      rerunFailedJobs: async () => {
        state.effects.push('rerun');
        state.run = aRun({ attempt: 2, status: 'queued', conclusion: null });
        await lost();
      },
    });
    expect(await act(input, deps)).toMatchObject({ state: 'done', summary: expect.stringContaining('attempt 2') });
    expect(state.effects).toEqual(['rerun']);
  });

  it('may show a few seconds late', async () => {
    const { input, deps, ports, clock } = await aGrantedRig();
    const later = aRun({ attempt: 2, status: 'queued', conclusion: null });
    ports.codeHost.program({ rerunFailedJobs: lost, getRun: inTurn(aRun(), aRun(), aRun(), aRun(), later) });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(clock.slept.length).toBe(3);
  });

  it('goes to a human when it cannot be read back', async () => {
    const { input, deps, ports, record, clock } = await aGrantedRig();
    let reads = 0;
    ports.codeHost.program({
      rerunFailedJobs: lost,
      getRun: async () => {
        if (reads++ === 0) return aRun();
        throw new Retryable('GitHub is down.');
      },
    });
    expect(await act(input, deps)).toMatchObject({ state: 'unknown' });
    expect(await record()).toMatchObject({ state: 'unknown', receipt: null });
    expect(ports.codeHost.count('rerunFailedJobs')).toBe(1);
    expect(clock.slept.reduce((sum, pause) => sum + pause, 0)).toBe(10_000);
    expect(await act(input, deps)).toMatchObject({ state: 'unknown' });
    expect(ports.codeHost.count('rerunFailedJobs')).toBe(1);
  });

  it('is repeated only after ten seconds showed that nothing happened', async () => {
    const { input, deps, ports, state, clock } = await aGrantedRig();
    ports.codeHost.program({ rerunFailedJobs: lost });
    await expect(act(input, deps)).rejects.toThrow(Retryable);
    expect(clock.slept.reduce((sum, pause) => sum + pause, 0)).toBe(10_000);
    ports.codeHost.program({
      rerunFailedJobs: async () => {
        state.effects.push('rerun');
      },
    });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(state.effects).toEqual(['rerun']);
  });

  it('in any unforeseen way is read back too', async () => {
    const { input, deps, ports, state } = await aGrantedRig();
    ports.codeHost.program({
      rerunFailedJobs: async () => {
        state.run = aRun({ attempt: 2, status: 'queued', conclusion: null });
        throw new TypeError('a bug');
      },
    });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
  });
});

describe('an intent that a crash left', () => {
  it.each([
    ['had happened', aRun({ attempt: 2, status: 'queued', conclusion: null }), 'done', 0],
    ['had not started', aRun(), 'done', 1],
    ['cannot be told', aRun({ conclusion: 'success' }), 'unknown', 0],
  ] as const)('is settled first: the effect %s', async (_what, run, outcome, effects) => {
    const { input, deps, state } = await aGrantedRig();
    await deps.incidents.intend(anActionRecord({ incidentId: input.incidentId, digest: input.digest }));
    state.run = run;
    expect(await act(input, deps)).toMatchObject({ state: outcome });
    expect(state.effects).toHaveLength(effects);
  });
});

describe('a refusal', () => {
  const refuse = async () => {
    throw new Refused('This workflow is already running.');
  };

  it('is committed with its reason', async () => {
    const { input, deps, ports, record } = await aGrantedRig();
    ports.codeHost.program({ rerunFailedJobs: refuse });
    expect(await act(input, deps)).toEqual({
      state: 'refused',
      summary: 'Not done: This workflow is already running.',
    });
    expect(await record()).toMatchObject({ state: 'refused' });
    expect(await act(input, deps)).toMatchObject({ state: 'refused' });
    expect(ports.codeHost.count('rerunFailedJobs')).toBe(1);
  });

  it('of a second attempt after the first one worked counts as done', async () => {
    const { input, deps, ports } = await aGrantedRig();
    const running = aRun({ attempt: 2, status: 'in_progress', conclusion: null });
    ports.codeHost.program({ rerunFailedJobs: refuse, getRun: inTurn(aRun(), running) });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
  });

  it('that may pass is left to the workflow to repeat', async () => {
    const { input, deps, ports, record, clock } = await aGrantedRig();
    ports.codeHost.program({
      rerunFailedJobs: async () => {
        throw new Retryable('rate limited');
      },
    });
    await expect(act(input, deps)).rejects.toThrow('rate limited');
    expect(clock.slept).toEqual([]);
    expect(await record()).toMatchObject({ state: 'intended' });
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
