import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { aLambdaDeployment, anActionRecord } from '#test/builders/index.ts';
import { aRun } from '../../plugins/actions/action-world.ts';
import { aRemedyRig, type RemedyRig } from '../remedy-rig.ts';

const plan = ({ incident, deps }: RemedyRig, tried: string[] = []) =>
  makePlan({ incidentId: incident.id, tried, held: false }, deps);
const refusing = async () => {
  throw new Refused('AccessDenied');
};

/** Another action was executed, did not help and was undone; the world went on meanwhile. */
async function afterAnUndo(rig: RemedyRig): Promise<string[]> {
  const record = anActionRecord({ incidentId: rig.incident.id, actionId: 'another', state: 'undone' });
  await rig.deps.incidents.intend({ ...record, verified: 'failed' });
  return ['another'];
}

describe('planning again after an undo', () => {
  it('binds to the revision that the alias has now, not to the one that was gathered', async () => {
    const rig = await aRemedyRig({ family: 'lambda' });
    const tried = await afterAnUndo(rig);
    rig.state.alias = aLambdaDeployment({ revisionId: 'moved-twice' });
    const { digest } = await plan(rig, tried);
    const action = await rig.deps.incidents.getPlan(rig.incident.id, digest as string);
    expect(action?.parameters).toMatchObject({ revisionId: 'moved-twice' });
  });

  it('proposes no roll back of a deployment that somebody replaced after the alarm', async () => {
    const rig = await aRemedyRig({ family: 'lambda' });
    const tried = await afterAnUndo(rig);
    rig.state.alias = aLambdaDeployment({ currentVersion: '9', deployedAt: '2026-11-21T12:30:00.000Z' });
    expect(await plan(rig, tried)).toMatchObject({ decision: 'escalate', digest: null });
  });

  it('hands over an alarm that is OK now: that may be due to what was undone', async () => {
    const rig = await aRemedyRig({ family: 'lambda' });
    const tried = await afterAnUndo(rig);
    rig.heal();
    const made = await plan(rig, tried);
    expect(made).toMatchObject({ decision: 'escalate', digest: null });
    expect(made.reasons.join(' ')).toMatch(/OK again.*another, which was undone/);
  });

  it.each([
    ['was started again by somebody', { attempt: 2, status: 'in_progress', conclusion: null }, 'suggest'],
    ['passed at a later attempt', { attempt: 2, conclusion: 'success' }, 'recovered'],
    ['failed again at a later attempt', { attempt: 2 }, 'suggest'],
  ] as const)('does not re-run a run that %s', async (_what, change, decision) => {
    const rig = await aRemedyRig();
    rig.state.run = aRun(change);
    expect(await plan(rig)).toMatchObject({ decision, digest: null });
  });

  it('does not re-run a run that a newer one overtook since it was gathered', async () => {
    const rig = await aRemedyRig();
    rig.state.newerRun = true;
    expect(await plan(rig)).toMatchObject({ decision: 'suggest', digest: null });
  });
});

describe('planning when the target cannot be read', () => {
  it.each(['getRun', 'hasNewerRun'] as const)('re-runs nothing when GitHub refuses %s', async (method) => {
    const rig = await aRemedyRig();
    rig.ports.codeHost.program({ [method]: refusing });
    expect(await plan(rig)).toMatchObject({ decision: 'suggest', digest: null });
  });

  it.each(['alarms', 'deployments'] as const)('hands over when AWS refuses to show %s', async (port) => {
    const rig = await aRemedyRig({ family: 'lambda' });
    rig.ports[port].program({ read: refusing });
    expect(await plan(rig)).toMatchObject({ decision: 'escalate', digest: null });
  });

  it('leaves a passing failure to the retries of the workflow', async () => {
    const rig = await aRemedyRig({ family: 'ecs' });
    rig.ports.deployments.program({
      read: async () => {
        throw new Retryable('throttled');
      },
    });
    await expect(plan(rig)).rejects.toThrow(Retryable);
  });
});
