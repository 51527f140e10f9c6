import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { remediedService } from '../../plugins/actions/remedy-world.ts';
import { aRemedyRig, type RemedyRig } from '../remedy-rig.ts';

const plan = ({ incident, deps }: RemedyRig) => makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
const REMEDIES = ACTIONS.filter(({ id }) => remediedService(id) !== null).map(
  ({ id, family }) => [id, family] as const,
);
const aRig = (actionId: string) => {
  const family = ACTIONS.find(({ id }) => id === actionId)?.family ?? 'ecs';
  return aRemedyRig({ family, actionId });
};

describe('a plan for an alarm whose remedies an owner lists', () => {
  it.each(REMEDIES)(
    '[D59] reads what %s would change right before, and names the family %s',
    async (actionId, family) => {
      const rig = await aRig(actionId);
      expect(await plan(rig)).toMatchObject({ actionId, family, digest: expect.any(String) });
      expect(rig.ports.resources.calls.length).toBeGreaterThan(0);
    },
  );

  it('goes by what is there now, not by what was gathered', async () => {
    const rig = await aRig('scale-ecs-service');
    for (const one of rig.state.resources)
      if (one.kind === 'ecs-service') Object.assign(one, { desiredCount: 5, runningCount: 5 });
    const { digest } = await plan(rig);
    const action = await rig.deps.incidents.getPlan(rig.incident.id, digest as string);
    expect(action?.parameters).toMatchObject({ from: 5, to: 6 });
  });

  it('proposes nothing of what may not be read, and is repeated when it cannot be read for now', async () => {
    const refused = await aRig('scale-ecs-service');
    refused.ports.resources.program({ read: async () => Promise.reject(new Refused('AccessDenied')) });
    expect(await plan(refused)).toMatchObject({ decision: 'escalate', digest: null });
    const throttled = await aRig('scale-ecs-service');
    throttled.ports.resources.program({ read: async () => Promise.reject(new Retryable('Throttling')) });
    await expect(plan(throttled)).rejects.toMatchObject({ name: 'Retryable' });
  });
});
