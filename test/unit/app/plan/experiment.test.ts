import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aDiagnosis, anExperiment } from '#test/builders/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const rerun = ACTIONS.find(({ id }) => id === 'rerun-failed-jobs') as ActionPlugin;
/** Fits as the first does and ranks behind it, by its name. */
const another = (change: Partial<ActionPlugin> = {}): ActionPlugin => ({ ...rerun, id: 'rerun-whole-run', ...change });
const ALL_PREFER = [0.001, 99.999];
const ALL_CONTROL = [99.999, 0.001];

async function planUnder(percents: readonly number[], second = another(), status: 'running' | 'paused' = 'running') {
  const experiment = anExperiment({ status }, percents);
  for (const { strategy } of experiment.variants) if (strategy.kind === 'prefer') strategy.actionId = second.id;
  const rig = await aRemedyRig({ configure: (one) => ({ ...one, experiments: [experiment] }) });
  const deps = { ...rig.deps, actions: [rerun, second] };
  const plan = async (tried: string[] = []) => makePlan({ incidentId: rig.incident.id, tried, held: false }, deps);
  const exposures = async () =>
    (await rig.deps.incidents.auditTrail(rig.incident.id)).map(({ facts }) => [facts.experiment, facts.variant]);
  return { plan, exposures, rig };
}

describe('a plan under an experiment', () => {
  it('[C47] puts first what the variant of the incident prefers, and says that it did', async () => {
    const { plan, exposures } = await planUnder(ALL_PREFER);
    expect(await plan()).toMatchObject({ decision: 'act', actionId: 'rerun-whole-run' });
    expect(await exposures()).toEqual([['rerun-first', 'prefers-1']]);
  });

  it('is as without it for the control, which is counted as well', async () => {
    const { plan, exposures } = await planUnder(ALL_CONTROL);
    expect(await plan()).toMatchObject({ actionId: 'rerun-failed-jobs' });
    expect(await exposures()).toEqual([['rerun-first', 'control']]);
  });

  it.each([
    ['is paused', () => planUnder(ALL_PREFER, another(), 'paused')],
    ['prefers a riskier action', () => planUnder(ALL_PREFER, another({ risk: 'high' }))],
    ['prefers an action that does not fit', () => planUnder(ALL_PREFER, another({ propose: () => [] }))],
  ])('is as without it, and counts nothing, when the experiment %s', async (_what, under) => {
    const { plan, exposures } = await under();
    expect(await plan()).toMatchObject({ actionId: 'rerun-failed-jobs' });
    expect(await exposures()).toEqual([[undefined, undefined]]);
  });

  it('asks a human when the model does, and goes on by rank after the first try', async () => {
    const { plan, rig } = await planUnder(ALL_PREFER);
    expect(await plan(['rerun-whole-run'])).toMatchObject({ actionId: 'rerun-failed-jobs' });
    await rig.deps.evidence.putDiagnosis(rig.incident.id, aDiagnosis({ source: 'model', choice: 'human' }));
    expect(await plan()).toMatchObject({ decision: 'suggest', actionId: null });
  });
});
