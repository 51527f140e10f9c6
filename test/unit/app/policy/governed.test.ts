import { Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { notify } from '#shared/app/notify/notify.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { undo } from '#shared/app/remediate/undo.ts';
import type { OverlaySettings } from '#shared/domain/configuration/overlay.ts';
import { aSignal } from '#test/builders/index.ts';
import { anIngestRig } from '../ingest-rig.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const UNREADABLE = { kind: 'unreadable', reason: 'It has record version 99.', revision: 4 } as const;

async function planned() {
  const rig = await aRemedyRig();
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  return { ...rig, input: { incidentId: rig.incident.id, digest: digest as string } };
}

const planOf = async (settings: OverlaySettings) => {
  const { deps, incident } = await aRemedyRig();
  await deps.policy.set(settings);
  return await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
};
const FREEZE = { sale: { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z', reason: 'a sale' } };

describe('a plan under the policy that people set', () => {
  it.each<[string, OverlaySettings, string, string]>([
    ['a lowered mode', { github: { defaultMode: 'suggest' } }, 'suggest', 'The mode is suggest'],
    ['automation switched off', { features: { automation: false } }, 'suggest', 'The mode is suggest'],
    [
      'a mute',
      { github: { repositories: { 'acme/shop': { mute: { reason: 'we know' } } } } },
      'suggest',
      'The mode is observe',
    ],
    ['a freeze', { freezes: FREEZE }, 'suggest', 'frozen until 2026-11-22T00:00:00Z: a sale'],
    ['a higher threshold', { policy: { actAtConfidence: 0.99 } }, 'approve', 'a person approves first'],
    [
      'an action that always asks',
      { actions: { 'rerun-failed-jobs': { alwaysAsk: true } } },
      'approve',
      'always needs an approval',
    ],
    ['an action switched off', { actions: { 'rerun-failed-jobs': { off: true } } }, 'suggest', 'No safe action fits'],
  ])('follows %s', async (_what, settings, decision, reason) => {
    const plan = await planOf(settings);
    expect(plan.decision).toBe(decision);
    expect(plan.reasons.join(' ')).toContain(reason);
  });

  it('writes the revision that held into the audit trail', async () => {
    const { deps, incident } = await aRemedyRig();
    await deps.policy.set({});
    await deps.policy.set({ features: { automation: false } });
    await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    const made = (await deps.incidents.auditTrail(incident.id)).find(({ event }) => event === 'plan.made');
    expect(made?.facts).toMatchObject({ policyRevision: 2, mode: 'suggest' });
  });

  it('is a proposal, and says why, while the policy cannot be used', async () => {
    const { deps, incident } = await aRemedyRig();
    deps.policy.breaks(UNREADABLE);
    const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    expect(plan).toMatchObject({ decision: 'suggest', digest: null });
    expect(plan.reasons[0]).toContain('cannot be used, so nothing is changed: It has record version 99.');
  });
});

describe('the guard reads the policy afresh', () => {
  it.each<[string, OverlaySettings, string]>([
    ['a freeze', { freezes: FREEZE }, 'Changes are frozen until 2026-11-22T00:00:00Z: a sale.'],
    ['a lowered mode', { github: { repositories: { 'Acme/Shop': { mode: 'observe' } } } }, 'The mode is observe now'],
    [
      'an action switched off',
      { actions: { 'rerun-failed-jobs': { off: true } } },
      'rerun-failed-jobs is switched off',
    ],
    [
      'an action that always asks',
      { actions: { 'rerun-failed-jobs': { alwaysAsk: true } } },
      'Nobody approved this plan.',
    ],
    ['a limit', { policy: { maxActionsPerHour: 0 } }, 'within this hour'],
    ['a limit of the day', { policy: { maxActionsPerDay: 0 } }, '0 actions were executed within this day.'],
  ])('and refuses for %s that was set after the plan', async (_what, settings, reason) => {
    const { deps, input, events } = await planned();
    await deps.policy.set(settings);
    const verdict = await guard(input, deps);
    expect(verdict).toMatchObject({ next: 'suggest', lease: null });
    expect(verdict.reasons.join(' ')).toContain(reason);
    expect(await events()).toContain('guard.denied');
  });

  it('and refuses while it cannot be used', async () => {
    const { deps, input } = await planned();
    deps.policy.breaks(UNREADABLE);
    const verdict = await guard(input, deps);
    expect(verdict.next).toBe('suggest');
    expect(verdict.reasons[0]).toContain('The policy that was set at run time cannot be used');
  });

  it('and grants nothing while the store does not answer', async () => {
    const { deps, input } = await planned();
    const policy = { current: async () => Promise.reject(new Retryable('Reading records: timed out.')) };
    await expect(guard(input, { ...deps, policy })).rejects.toThrow(Retryable);
  });
});

describe('right before the effect', () => {
  it.each<[string, OverlaySettings]>([
    ['a freeze', { freezes: FREEZE }],
    ['a lowered mode', { github: { defaultMode: 'suggest' } }],
    ['an action switched off', { actions: { 'rerun-failed-jobs': { off: true } } }],
  ])('%s that was set after the guard still stops it', async (_what, settings) => {
    const { deps, input, state } = await planned();
    const { lease } = await guard(input, deps);
    await deps.policy.set(settings);
    expect(await act({ ...input, lease: lease as string }, deps)).toMatchObject({ state: 'refused' });
    expect(state.effects).toEqual([]);
  });

  it('a policy that cannot be used stops it', async () => {
    const { deps, input, state } = await planned();
    const { lease } = await guard(input, deps);
    deps.policy.breaks(UNREADABLE);
    expect(await act({ ...input, lease: lease as string }, deps)).toMatchObject({ state: 'refused' });
    expect(state.effects).toEqual([]);
  });
});

describe('the undo of an action', () => {
  it('waits for people while the policy freezes changes or cannot be used', async () => {
    const rig = await aRemedyRig({ family: 'lambda' });
    const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    const input = { incidentId: rig.incident.id, digest: digest as string };
    const { lease } = await guard(input, rig.deps);
    await act({ ...input, lease: lease as string }, rig.deps);
    await rig.deps.policy.set({ freezes: FREEZE });
    const frozen = await undo(input, rig.deps);
    expect(frozen).toMatchObject({ state: 'failed', summary: expect.stringContaining('frozen') });
    rig.deps.policy.breaks(UNREADABLE);
    expect(await undo(input, rig.deps)).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('version 99'),
    });
    expect(rig.state.effects).toHaveLength(1);
  });
});

describe('people are told nothing', () => {
  it('of a repository that is muted, and of everything again afterwards', async () => {
    const { deps, incident } = await aRemedyRig();
    let told = 0;
    const notifier = {
      id: 'counter',
      title: 'Counter',
      repeatable: true,
      takes: ['progress'],
      needs: [],
      wants: () => true,
      notify: async () => {
        told += 1;
        return { where: 'here' };
      },
    };
    const ports = { mailer: deps.mailer, codeHost: deps.codeHost } as never;
    const announce = async () => {
      await notify({ incidentId: incident.id, stage: 'final' }, { ...deps, ports, notifiers: [notifier as never] });
    };
    const muted = { github: { repositories: { 'acme/shop': { mute: { reason: 'we know' } } } } };
    await deps.policy.set(muted);
    await announce();
    expect(told).toBe(0);
    await deps.policy.set({});
    await announce();
    expect(told).toBe(1);
  });
});

describe('signals', () => {
  it('of a repository that was switched off open no incident', async () => {
    const { deps, policy } = anIngestRig();
    await policy.set({ github: { repositories: { 'acme/shop': { mode: 'off' } } } });
    expect(await ingestSignal(aSignal(), deps)).toBe('mode-off');
    await policy.set({});
    expect(await ingestSignal(aSignal({ deliveryId: 'another' }), deps)).toBe('opened');
  });

  it('are not lost while the policy cannot be used', async () => {
    const { deps, policy } = anIngestRig();
    policy.breaks(UNREADABLE);
    expect(await ingestSignal(aSignal(), deps)).toBe('opened');
  });
});
