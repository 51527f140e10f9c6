import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { keepExperience } from '#shared/app/record/experience.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { assignVariant, Experiment } from '#shared/domain/experiment/experiment.ts';
import { resultsOf } from '#shared/domain/experiment/results.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aHoldout, anActionRecord, aPlanRecord } from '#test/builders/index.ts';
import { aRemedyRig, type RigOptions } from '../remedy-rig.ts';

const holdout = aHoldout();
/** Ids of incidents that fall into an arm. */
const idIn = (variant: string): string => {
  for (let index = 0; ; index += 1) {
    const id = `gh-${String(index).padStart(24, '0')}`;
    if (assignVariant(holdout, id).id === variant) return id;
  }
};

async function planned(
  variant = 'left-alone',
  { configure = (one: Configuration) => one, ...options }: RigOptions = {},
  change: (plugin: ActionPlugin) => ActionPlugin = (one) => one,
) {
  const rig = await aRemedyRig({
    ...options,
    incident: { id: idIn(variant), ...options.incident },
    configure: (one) => configure({ ...one, experiments: [holdout] }),
  });
  const deps = { ...rig.deps, actions: ACTIONS.map(change) };
  const plan = (held = false) => makePlan({ incidentId: rig.incident.id, tried: [], held }, deps);
  const facts = async () => (await deps.incidents.auditTrail(rig.incident.id)).map((entry) => entry.facts);
  return { ...rig, deps, plan, facts, first: await plan() };
}

describe('an incident of the holdout arm', () => {
  it('[C47] is left alone for a while, sealed nothing, and says why in plain words', async () => {
    const { first, facts } = await planned();
    expect(first).toMatchObject({ decision: 'hold', digest: null, actionId: null, verifyIntervalSeconds: 900 });
    expect(first.reasons.join(' ')).toMatch(
      /waits 15 minutes with a few failures, to learn which recover by themselves\. .* acts as usual: Re-runs the failed jobs/,
    );
    expect((await facts())[0]).toMatchObject({ experiment: 'heals-itself', variant: 'left-alone', decision: 'hold' });
  });

  it('is healed as usual at the next look when it is not healthy then', async () => {
    const { plan } = await planned();
    expect(await plan(true)).toMatchObject({ decision: 'act', actionId: 'rerun-failed-jobs' });
  });

  it('of the control is healed at once, and counted against the others', async () => {
    const { first, facts } = await planned('as-usual');
    expect(first).toMatchObject({ decision: 'act', actionId: 'rerun-failed-jobs' });
    expect((await facts())[0]).toMatchObject({ experiment: 'heals-itself', variant: 'as-usual' });
  });

  it.each([
    ['is not sure enough to act by itself', { confidence: 0.7 }, undefined],
    [
      'may only propose',
      { configure: (one: Configuration) => ({ ...one, github: { ...one.github, defaultMode: 'suggest' as const } }) },
      undefined,
    ],
    ['would take a risk', {}, (one: ActionPlugin): ActionPlugin => ({ ...one, risk: 'medium' })],
  ])('is not held back, nor counted, where Selfheal %s', async (_what, options, change) => {
    const { first, facts } = await planned('left-alone', options, change);
    expect(first.decision).not.toBe('hold');
    expect((await facts())[0]?.experiment).toBeUndefined();
  });

  it.each(['low', 'critical'] as const)('is never of a critical service: %s', async (criticality) => {
    const low = (one: ActionPlugin): ActionPlugin => ({ ...one, risk: 'low' });
    const configure = (one: Configuration): Configuration => ({
      ...one,
      services: one.services.map((service) => ({ ...service, criticality })),
    });
    const { first } = await planned('left-alone', { family: 'lambda', configure }, low);
    expect(first.decision).toBe(criticality === 'critical' ? 'approve' : 'hold');
  });
});

describe('what came of the holdout arm', () => {
  const ended = async (later: Partial<PlanRecord> | null) => {
    const rig = await planned();
    const { incident, deps, clock } = rig;
    clock.advance(15 * 60_000);
    if (later !== null) {
      await deps.incidents.recordPlan(aPlanRecord({ incidentId: incident.id, round: 1, ...later }));
    }
    const actions = [anActionRecord({ incidentId: incident.id, state: 'done', verified: 'recovered' })];
    const input = { incidentId: incident.id, attempt: 1, outcome: 'resolved', reason: '', parentId: null } as const;
    for (const _again of [1, 2]) await keepExperience(incident, actions, input, deps);
    return await deps.experience.experimentOutcomes('heals-itself', 10);
  };

  it('[C48] is a success when it was healthy at the next look, counted once by the same results as any arm', async () => {
    const outcomes = await ended({ decision: 'recovered' });
    expect(outcomes).toMatchObject([{ variantId: 'left-alone', success: true, minutes: 15 }]);
    expect(resultsOf(holdout, outcomes).variants[1]).toMatchObject({ attempts: 1, successes: 1 });
  });

  it('is a failure when something had to be done then, though that helped', async () => {
    expect(await ended({})).toMatchObject([{ variantId: 'left-alone', success: false }]);
  });

  it('is nothing when nobody looked again', async () => {
    expect(await ended(null)).toEqual([]);
  });
});

describe('a holdout in the configuration', () => {
  const withShares = (...percents: number[]) =>
    Experiment.safeParse({
      ...holdout,
      variants: percents.map((percent, at) => ({
        id: `v${at}`,
        percent,
        strategy: at === 0 ? { kind: 'ranked' } : { kind: 'hold' },
      })),
    });

  it('may hold back one incident in ten at most, over all its arms, and is not the control', () => {
    expect(withShares(90, 10).success).toBe(true);
    expect(withShares(89, 11).error?.issues[0]?.message).toBe('11 percent are held back; make that 10 at most');
    expect(withShares(88, 6, 6).success).toBe(false);
    const variants = holdout.variants.toReversed();
    expect(Experiment.safeParse({ ...holdout, variants }).error?.issues[0]?.message).toContain('is the control');
  });
});
