import { describe, expect, it } from 'vitest';
import { approvalDetails } from '#shared/app/approve/approval.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { undo } from '#shared/app/remediate/undo.ts';
import type { aConfiguration } from '#test/builders/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

type Policy = NonNullable<NonNullable<Parameters<typeof aConfiguration>[0]>['policy']>;
type Rules = Partial<NonNullable<Policy['circumstances']>>;

/** The rig's clock begins on a Saturday at 12:00 UTC. */
const OPEN = { days: ['sat' as const], from: '11:00', to: '13:00' };
const SHUT = { days: ['sat' as const], from: '13:00', to: '14:00' };
const HOUR = 3_600_000;
const approver = { token_use: 'id', sub: 'subject-1', 'cognito:username': 'approver-1' };

/** A rollback that was planned for a service under the rules. */
async function aPlannedRollback(rules: Rules, approvalRequiredRisks: ('low' | 'medium' | 'high')[] = []) {
  const rig = await aRemedyRig({
    family: 'lambda',
    configure: ({ policy, ...rest }) => ({
      ...rest,
      policy: { ...policy, approvalRequiredRisks, circumstances: { ...policy.circumstances, ...rules } as never },
    }),
  });
  const plan = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const input = { incidentId: rig.incident.id, digest: plan.digest as string };
  const approve = async () => {
    await requestApproval({ ...input, taskToken: 'task-token-1', expiresInSeconds: 6 * 3600 }, rig.deps);
    await rig.deps.incidents.decideApproval(input.incidentId, input.digest, 'approved', 'a person', rig.clock.now());
  };
  const under = (change: Rules) => {
    const { configuration } = rig.deps;
    const circumstances = { ...configuration.policy.circumstances, ...change } as never;
    return { ...rig.deps, configuration: { ...configuration, policy: { ...configuration.policy, circumstances } } };
  };
  return { ...rig, plan, input, approve, under };
}
const OUTSIDE = 'outside the change windows of checkout';

describe('a change window', () => {
  it('lets a plan pass that is made and executed within it', async () => {
    const { plan, input, deps, state } = await aPlannedRollback({ changeWindows: [OPEN] });
    expect(plan.decision).toBe('act');
    const { lease } = await guard(input, deps);
    expect(await act({ ...input, lease: lease as string }, deps)).toMatchObject({ state: 'done' });
    expect(state.effects).toEqual(['alias:7']);
  });

  it('that closes after the plan was made stops the guard', async () => {
    const { input, deps, clock } = await aPlannedRollback({ changeWindows: [OPEN] });
    clock.advance(HOUR);
    const verdict = await guard(input, deps);
    expect(verdict.next).not.toBe('act');
    expect(verdict.reasons.join(' ')).toContain(OUTSIDE);
  });

  it('that closes after the guard looked stops the effect', async () => {
    const { input, deps, clock, state } = await aPlannedRollback({ changeWindows: [OPEN] });
    clock.advance(HOUR - 1000);
    const { lease } = await guard(input, deps);
    clock.advance(1000);
    const acted = await act({ ...input, lease: lease as string }, deps);
    expect(acted).toMatchObject({ state: 'refused', summary: expect.stringContaining(OUTSIDE) });
    expect(state.effects).toEqual([]);
  });

  it('stops what was approved within it and is executed outside of it', async () => {
    const { plan, input, deps, clock, approve } = await aPlannedRollback({ changeWindows: [OPEN] }, ['medium']);
    expect(plan.decision).toBe('approve');
    clock.advance(HOUR - 1000);
    await approve();
    expect((await guard(input, deps)).next).toBe('act');
    clock.advance(1000);
    const verdict = await guard(input, deps);
    expect(verdict.next).not.toBe('act');
    expect(verdict.reasons.join(' ')).toContain('No approval covers that.');
  });

  it('lets pass what a person approved knowing that it is outside', async () => {
    const { plan, input, deps, state, approve } = await aPlannedRollback({ changeWindows: [SHUT] });
    expect(plan).toMatchObject({ decision: 'approve', reasons: [expect.stringContaining(OUTSIDE), expect.anything()] });
    await approve();
    const page = await approvalDetails(input, approver, deps);
    expect(JSON.stringify(page)).toContain(OUTSIDE);
    expect(deps.mailer.mails.map(({ message }) => message).join('\n')).toContain(OUTSIDE);
    const { lease } = await guard(input, deps);
    expect(await act({ ...input, lease: lease as string }, deps)).toMatchObject({ state: 'done' });
    expect(state.effects).toEqual(['alias:7']);
  });

  it.each([0, HOUR])('lets nothing pass that was planned outside and not approved, %d ms later', async (later) => {
    const { input, deps, clock } = await aPlannedRollback({ changeWindows: [SHUT] });
    clock.advance(later);
    const verdict = await guard(input, deps);
    expect(verdict.next).not.toBe('act');
    expect(verdict.reasons.join(' ')).toContain('Nobody approved this plan.');
  });

  it('hands the incident to a human where nobody may approve being outside', async () => {
    const { plan } = await aPlannedRollback({ changeWindows: [SHUT], outsideChangeWindows: 'escalate' });
    expect(plan).toMatchObject({
      decision: 'escalate',
      digest: null,
      reasons: [expect.stringContaining(OUTSIDE), expect.anything()],
    });
  });

  it('stops what was approved for being outside, once nobody may approve that any more', async () => {
    const { input, under, approve, state } = await aPlannedRollback({ changeWindows: [SHUT] });
    await approve();
    const stricter = under({ outsideChangeWindows: 'escalate' });
    expect((await guard(input, stricter)).next).not.toBe('act');
    const { lease } = await guard(input, under({}));
    expect(await act({ ...input, lease: lease as string }, stricter)).toMatchObject({ state: 'refused' });
    expect(state.effects).toEqual([]);
  });

  it('stops what was planned a day ago by a clock that was wrong', async () => {
    const { input, deps, clock } = await aPlannedRollback({ changeWindows: [OPEN] });
    clock.advance(24 * HOUR);
    expect((await guard(input, deps)).next).not.toBe('act');
    clock.advance(-24 * HOUR);
    expect((await guard(input, deps)).next).toBe('act');
  });

  it('does not keep a change that did not help from being taken back', async () => {
    const { input, deps, clock, state } = await aPlannedRollback({ changeWindows: [OPEN] });
    const { lease } = await guard(input, deps);
    await act({ ...input, lease: lease as string }, deps);
    clock.advance(2 * HOUR);
    expect(await undo(input, deps)).toMatchObject({ state: 'undone' });
    expect(state.effects).toEqual(['alias:7', 'alias:8']);
  });
});

describe('the part of the week', () => {
  const onSaturday = { askDuring: [{ risks: ['medium' as const], during: ['night' as const, 'evening' as const] }] };
  const saturdays = { workingDays: ['sat' as const], workingHours: { from: '08:00', to: '13:00' } };

  it('[D35] counts when the guard looks: what nobody was asked about at work is not done in the evening', async () => {
    const { plan, input, deps, clock } = await aPlannedRollback({ ...saturdays, ...onSaturday });
    expect(plan.decision).toBe('act');
    clock.advance(HOUR - 1);
    expect((await guard(input, deps)).next).toBe('act');
    clock.advance(1);
    const verdict = await guard(input, deps);
    expect(verdict).toMatchObject({
      next: 'escalate',
      reasons: ['Actions of medium risk need an approval outside working hours.', 'Nobody approved this plan.'],
    });
  });

  it('is settled by any approval of the plan', async () => {
    const { plan, input, deps, clock, approve } = await aPlannedRollback({ ...saturdays, ...onSaturday }, ['medium']);
    expect(plan.decision).toBe('approve');
    clock.advance(2 * HOUR);
    await approve();
    expect((await guard(input, deps)).next).toBe('act');
  });
});
