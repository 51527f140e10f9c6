import { CorruptRecord, OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { undo } from '#shared/app/remediate/undo.ts';
import { verify } from '#shared/app/remediate/verify.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { breakerScopeOf } from '#shared/domain/policy/guard-rules.ts';
import { aRun } from '../../plugins/actions/action-world.ts';
import { aRemedyRig, type RigOptions } from '../remedy-rig.ts';

async function anActedRig(options: RigOptions = {}) {
  const rig = await aRemedyRig(options);
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  const { lease } = await guard(place, rig.deps);
  await act({ ...place, lease: lease as string }, rig.deps);
  const record = () => rig.deps.incidents.getAction(place.incidentId, place.digest);
  const action = (await rig.deps.incidents.getPlan(place.incidentId, place.digest)) as BoundAction;
  const failures = () => rig.deps.control.failuresBetween(breakerScopeOf(action), new Date(0), new Date(8e15));
  return { ...rig, place, record, action, failures };
}

describe('verifying', () => {
  it('[D64] watches until the target recovered and keeps the outcome', async () => {
    const { place, deps, heal, record, failures } = await anActedRig({ family: 'lambda' });
    expect(await verify({ ...place, poll: 0 }, deps)).toMatchObject({ state: 'pending' });
    expect((await record())?.verified).toBeNull();
    heal();
    expect(await verify({ ...place, poll: 1 }, deps)).toMatchObject({ state: 'recovered' });
    expect((await record())?.verified).toBe('recovered');
    expect(await failures()).toBe(0);
  });

  it('takes a state from before the alarm went off for no recovery, in planning and in every later step', async () => {
    const rig = await aRemedyRig({ family: 'lambda' });
    rig.state.alarm = { state: 'OK', since: '2026-11-21T03:00:00.000Z' };
    const { decision, digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    expect(decision).toBe('act');
    const place = { incidentId: rig.incident.id, digest: digest as string };
    const { lease } = await guard(place, rig.deps);
    expect(await act({ ...place, lease: lease as string }, rig.deps)).toMatchObject({ state: 'done' });
    expect(await verify({ ...place, poll: 0 }, rig.deps)).toMatchObject({ state: 'pending' });
    rig.heal();
    expect(await verify({ ...place, poll: 1 }, rig.deps)).toMatchObject({ state: 'recovered' });
  });

  it('counts a failure for the circuit breaker, once', async () => {
    const { place, deps, state, record, failures, events } = await anActedRig();
    state.run = aRun({ attempt: 2, conclusion: 'failure' });
    expect(await verify({ ...place, poll: 0 }, deps)).toMatchObject({ state: 'failed' });
    expect(await verify({ ...place, poll: 0 }, deps)).toMatchObject({ state: 'failed' });
    expect((await record())?.verified).toBe('failed');
    expect(await failures()).toBe(1);
    expect(await events()).toContain('action.failed');
  });

  it('takes what has not recovered at the last look as failed', async () => {
    const { place, deps, record } = await anActedRig({ family: 'lambda' });
    expect(await verify({ ...place, poll: 38 }, deps)).toMatchObject({ state: 'pending' });
    expect(await verify({ ...place, poll: 39 }, deps)).toMatchObject({ state: 'failed' });
    expect((await record())?.verified).toBe('failed');
  });

  it('has nothing to look at before an effect', async () => {
    const rig = await aRemedyRig();
    const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    const input = { incidentId: rig.incident.id, digest: digest as string, poll: 0 };
    await expect(verify(input, rig.deps)).rejects.toThrow(CorruptRecord);
  });
});

describe('undoing', () => {
  it.each([
    ['lambda', ['alias:7', 'alias:8']],
    ['ecs', ['ecs:checkout:7', 'ecs:checkout:8']],
  ] as const)('restores a %s deployment, once', async (family, effects) => {
    const { place, deps, state, record, events } = await anActedRig({ family });
    expect(await undo(place, deps)).toMatchObject({ state: 'undone' });
    expect(await undo(place, deps)).toMatchObject({ state: 'undone' });
    expect(state.effects).toEqual(effects);
    expect((await record())?.state).toBe('undone');
    expect(await events()).toEqual(expect.arrayContaining(['action.undo-intended', 'action.undone']));
  });

  it('has nothing to do for a re-run, for a plan that was not executed, and for what somebody else did', async () => {
    const rerun = await anActedRig();
    expect(await undo(rerun.place, rerun.deps)).toMatchObject({ state: 'nothing-to-undo' });
    const planned = await aRemedyRig({ family: 'lambda' });
    const { digest } = await makePlan({ incidentId: planned.incident.id, tried: [], held: false }, planned.deps);
    const place = { incidentId: planned.incident.id, digest: digest as string };
    expect(await undo(place, planned.deps)).toMatchObject({ state: 'nothing-to-undo' });
    const { lease } = await guard(place, planned.deps);
    planned.state.alias = { ...planned.state.alias, currentVersion: '7' };
    await act({ ...place, lease: lease as string }, planned.deps);
    expect(await undo(place, planned.deps)).toMatchObject({ state: 'nothing-to-undo' });
    expect(planned.state.effects).toEqual([]);
  });

  it('is stopped by the kill switch and by another incident’s lease, for a human to see', async () => {
    const stopped = await anActedRig({ family: 'lambda' });
    await stopped.deps.control.setControls({ killSwitch: true, reason: 'stop' });
    expect(await undo(stopped.place, stopped.deps)).toMatchObject({ state: 'failed' });
    expect((await stopped.record())?.state).toBe('undo-failed');
    const late = await anActedRig({ family: 'lambda' });
    late.clock.advance(24 * 3_600_000);
    await late.deps.control.acquireLease('lambda:checkout/live', 'another', 60, late.clock.now());
    expect(await undo(late.place, late.deps)).toMatchObject({ state: 'failed' });
    expect([...stopped.state.effects, ...late.state.effects]).toEqual(['alias:7', 'alias:7']);
  });

  it('is repeated after a lost answer, and finds what it did', async () => {
    const { place, deps, ports, state } = await anActedRig({ family: 'lambda' });
    ports.lambdaAliases.program({
      pointTo: async (_functionName, _alias, version) => {
        state.alias = { ...state.alias, currentVersion: version };
        throw new OutcomeUnknown('reset');
      },
    });
    await expect(undo(place, deps)).rejects.toThrow(Retryable);
    expect(await undo(place, deps)).toMatchObject({ state: 'undone' });
    expect(ports.lambdaAliases.count('pointTo')).toBe(2);
  });

  it('is repeated only when what it did would show, so that nothing is restored twice', async () => {
    const { place, deps, ports, state, clock } = await anActedRig({ family: 'ecs' });
    const rolledBack = { ...state.ecs };
    ports.ecsServices.program({
      deploy: async (_cluster, _service, taskDefinition) => {
        state.ecs = { ...state.ecs, currentTaskDefinition: taskDefinition };
        throw new OutcomeUnknown('reset');
      },
    });
    await expect(undo(place, deps)).rejects.toThrow(Retryable);
    const shownFrom = clock.now().getTime() + 8_000;
    ports.deployments.program({ read: async () => (clock.now().getTime() < shownFrom ? rolledBack : state.ecs) });
    expect(await undo(place, deps)).toMatchObject({ state: 'undone' });
    expect(ports.ecsServices.count('deploy')).toBe(2);
  });

  it('that is refused goes to a human', async () => {
    const { place, deps, ports, record } = await anActedRig({ family: 'ecs' });
    ports.ecsServices.program({
      deploy: async () => {
        throw new Refused('AccessDenied: password=hunter2Hunter2!');
      },
    });
    const { state, summary } = await undo(place, deps);
    expect(state).toBe('failed');
    expect(summary).toContain('AccessDenied');
    expect(summary).not.toContain('hunter2');
    expect((await record())?.state).toBe('undo-failed');
  });
});
