import { CorruptRecord, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { breakerScopeOf } from '#shared/domain/policy/guard-rules.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import { anApproval } from '#test/builders/index.ts';
import { aRun } from '../../plugins/actions/action-world.ts';
import { aRemedyRig, type RigOptions } from '../remedy-rig.ts';

async function aPlannedRig(options: RigOptions = {}) {
  const rig = await aRemedyRig(options);
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const input = { incidentId: rig.incident.id, digest: digest as string };
  const action = (await rig.deps.incidents.getPlan(input.incidentId, input.digest)) as BoundAction;
  return { ...rig, input, action };
}
const limited = (policy: object): RigOptions => ({
  configure: (one) => ({ ...one, policy: { ...one.policy, ...policy } }),
});

describe('the guard', () => {
  it('grants a lease that outlasts the verification', async () => {
    const { input, deps, clock, events } = await aPlannedRig();
    const verdict = await guard(input, deps);
    expect(verdict).toMatchObject({ next: 'act', reasons: [] });
    const key = 'github:acme/shop/run/1001';
    clock.advance(30 * 120 * 1000);
    expect(await deps.control.holdsLease(key, verdict.lease as string, clock.now())).toBe(true);
    expect(await events()).toContain('guard.granted');
  });

  it('grants the same again when the step is repeated, without taking more of the limits', async () => {
    const { input, deps } = await aPlannedRig(limited({ maxActionsPerHour: 1 }));
    const first = await guard(input, deps);
    expect(await guard(input, deps)).toEqual(first);
  });

  it.each([
    ['kill switch', async (control: ControlStore) => control.setControls({ killSwitch: true, reason: 'drill' })],
    [
      'circuit breaker',
      async (control: ControlStore, action: BoundAction) => {
        for (const key of ['1', '2', '3']) {
          await control.addFailure(breakerScopeOf(action), key, new Date('2026-11-21T11:45:00Z'));
        }
      },
    ],
    [
      'Another incident is changing',
      async (control: ControlStore, action: BoundAction) => {
        await control.acquireLease(action.targetKey, 'another', 60, new Date('2026-11-21T12:00:00Z'));
      },
    ],
  ])('denies because of: %s', async (reason, prepare) => {
    const { input, deps, action, events } = await aPlannedRig();
    await prepare(deps.control, action);
    const verdict = await guard(input, deps);
    expect(verdict).toMatchObject({ next: 'suggest', lease: null });
    expect(verdict.reasons.join(' ')).toContain(reason);
    expect(await events()).toContain('guard.denied');
  });

  it('denies while nobody can tell whether the effect is there', async () => {
    const rig = await aPlannedRig();
    rig.state.run = aRun({ attempt: 0 });
    const verdict = await guard(rig.input, rig.deps);
    expect(verdict).toMatchObject({ next: 'suggest', reasons: ['GitHub shows attempt 0 of the run.'] });
  });

  it('closes the circuit breaker again as the failures grow old', async () => {
    const { input, deps, action, clock } = await aPlannedRig();
    for (const key of ['1', '2', '3']) await deps.control.addFailure(breakerScopeOf(action), key, clock.now());
    clock.advance(31 * 60_000);
    expect((await guard(input, deps)).next).toBe('act');
  });

  it.each([
    ['of everybody', limited({ maxActionsPerHour: 1 }), 'everything', '2026-11-21T12', 'within this hour'],
    [
      'of the target',
      limited({ maxActionsPerTargetPerHour: 1 }),
      'target:github:acme/shop/run/1001',
      '2026-11-21T12',
      'was changed 1 times',
    ],
    [
      'of the incident',
      limited({ maxActionsPerIncident: 1 }),
      `incident:gh-${'0'.repeat(24)}`,
      'all',
      'limit of 1 actions per incident',
    ],
  ] as const)(
    '[D223] denies when the limit %s is reached, and gives the lease back',
    async (_whose, options, scope, window, reason) => {
      const { input, deps, clock, action } = await aPlannedRig(options);
      await deps.control.takeFromLimit(scope, window, 'another', 1, new Date('2026-11-21T13:00:00Z'));
      expect((await guard(input, deps)).reasons.join(' ')).toContain(reason);
      expect(await deps.control.acquireLease(action.targetKey, 'another', 60, clock.now())).not.toBeNull();
    },
  );

  it('[D225] allows ten actions within an hour and not one more', async () => {
    const { input, deps } = await aPlannedRig();
    for (let used = 0; used < 10; used++) {
      await deps.control.takeFromLimit('everything', '2026-11-21T12', `${used}`, 10, new Date('2026-11-21T13:00:00Z'));
    }
    expect((await guard(input, deps)).next).not.toBe('act');
  });

  it('denies when the run was settled by somebody else meanwhile, and lets through what happened already', async () => {
    const { input, deps, state } = await aPlannedRig();
    state.run = aRun({ conclusion: 'success' });
    expect((await guard(input, deps)).next).not.toBe('act');
    state.run = aRun({ attempt: 2, status: 'queued', conclusion: null });
    expect((await guard(input, deps)).next).toBe('act');
  });

  it('needs the approval of this very plan once one was asked for', async () => {
    const { input, deps, clock } = await aPlannedRig();
    await deps.incidents.putApproval(anApproval({ ...input }));
    expect((await guard(input, deps)).next).not.toBe('act');
    await deps.incidents.decideApproval(
      input.incidentId,
      input.digest,
      'approved',
      'approver@example.com',
      clock.now(),
    );
    expect((await guard(input, deps)).next).toBe('act');
  });

  it.each(['controls', 'failuresBetween', 'acquireLease', 'takeFromLimit'] as const)(
    'grants nothing when %s fails: it fails closed',
    async (method) => {
      const { input, deps, clock, action } = await aPlannedRig();
      const broken = async () => {
        throw new Retryable('DynamoDB is busy.');
      };
      await expect(guard(input, { ...deps, control: { ...deps.control, [method]: broken } })).rejects.toThrow(
        Retryable,
      );
      expect(await deps.control.acquireLease(action.targetKey, 'another', 60, clock.now())).not.toBeNull();
    },
  );

  it('grants nothing when the target cannot be read or the audit trail cannot be written', async () => {
    const { input, deps, ports } = await aPlannedRig();
    const busy = async () => {
      throw new Retryable('busy');
    };
    await expect(guard(input, { ...deps, incidents: { ...deps.incidents, audit: busy } })).rejects.toThrow(Retryable);
    ports.codeHost.program({ getRun: busy });
    await expect(guard(input, deps)).rejects.toThrow(Retryable);
  });

  it('knows no plan but the sealed one', async () => {
    const { input, deps, action } = await aPlannedRig();
    await expect(guard({ ...input, digest: 'f'.repeat(64) }, deps)).rejects.toThrow(CorruptRecord);
    const forged = { ...action, parameters: { ...action.parameters, runId: 2 } } as BoundAction;
    await expect(
      guard(input, { ...deps, incidents: { ...deps.incidents, getPlan: async () => forged } }),
    ).rejects.toThrow(CorruptRecord);
  });
});
