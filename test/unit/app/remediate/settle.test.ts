import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { act } from '#shared/app/remediate/act.ts';
import { anActionRecord } from '#test/builders/index.ts';
import { inTurn } from '#test/fakes/index.ts';
import { aRun } from '../../plugins/actions/action-world.ts';
import { aGrantedRig } from '../granted-rig.ts';

/** No answer arrives. */
const lost = async () => {
  throw new OutcomeUnknown('The connection was reset.');
};

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
    const sentAt = deps.clock.now().toISOString();
    await deps.incidents.intend(anActionRecord({ incidentId: input.incidentId, digest: input.digest, sentAt }));
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

describe('an effect that is harmful to repeat', () => {
  it('is not requested again before the first request must have shown, however often the step is repeated', async () => {
    const { input, deps, ports, clock } = await aGrantedRig();
    const requestedAt: number[] = [];
    ports.codeHost.program({
      rerunFailedJobs: async () => {
        requestedAt.push(clock.now().getTime());
        await lost();
      },
    });
    for (let tries = 0; tries < 4; tries += 1) await expect(act(input, deps)).rejects.toThrow(Retryable);
    const pauses = requestedAt.slice(1).map((at, index) => at - (requestedAt[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(0);
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(15_000);
  });

  it('is requested at once when the last request certainly did nothing', async () => {
    const { input, deps, ports, state, clock, record } = await aGrantedRig();
    ports.codeHost.program({
      rerunFailedJobs: async () => {
        throw new Retryable('rate limited');
      },
    });
    await expect(act(input, deps)).rejects.toThrow('rate limited');
    expect(await record()).toMatchObject({ state: 'intended', sentAt: null });
    ports.codeHost.program({ rerunFailedJobs: async () => void state.effects.push('rerun') });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect([clock.slept, state.effects]).toEqual([[], ['rerun']]);
  });
});

describe('a second request that is refused', () => {
  it('is not taken for nothing done while the first one may have done it', async () => {
    const { input, deps, ports, state, record } = await aGrantedRig({ family: 'lambda' });
    let requests = 0;
    ports.lambdaAliases.program({
      pointTo: async () => {
        requests += 1;
        if (requests === 1) await lost();
        return 'changed-meanwhile';
      },
    });
    await expect(act(input, deps)).rejects.toThrow(Retryable);
    await expect(act(input, deps)).rejects.toThrow('it is not visible yet whether an earlier request took effect');
    expect(await record()).toMatchObject({ state: 'intended' });
    state.alias = { ...state.alias, currentVersion: '7' };
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(requests).toBe(2);
  });
});
