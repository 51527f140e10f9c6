import { testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import type { FixRig } from '../fix-rig.ts';
import { aName, type FlakyShop, OPENED, startFlakyShop } from '../quarantine-rig.ts';

let shop: FlakyShop;
beforeAll(async () => {
  shop = await startFlakyShop();
});
afterAll(() => shop.stop());

const HEALED = ['rerun-failed-jobs recovered', expect.stringContaining('recovered:')];

/** Plans the issue about the test and gives what follows: the guard, then the effect. */
async function planned({ incident, deps }: FixRig, change: Partial<FixRig['deps']> = {}) {
  const plan = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
  expect(plan.actionId).toBe('quarantine-flaky-test');
  const place = { incidentId: incident.id, digest: plan.digest ?? '' };
  const own = { ...deps, ...change };
  const look = () => guard(place, own);
  const write = async (lease: string | null) => (lease === null ? null : await act({ ...place, lease }, own));
  return { look, write };
}

/** Two incidents of one installation whose failed test is the same, each planned before the other wrote anything. */
async function twins(name: string) {
  const [one, other] = [await shop.aFlakyRun({ names: [name] }), await shop.aFlakyRun({ names: [name] })];
  const deps = { ...other.deps, control: one.deps.control };
  return { other: { ...other, deps }, first: await planned(one), second: await planned(other, deps) };
}

describe('a flaky test of two incidents', () => {
  it('gets one issue when both would write it at once; the other incident is then healed without', async () => {
    const name = aName();
    const { first, second, other } = await twins(name);
    const [mine, theirs] = await Promise.all(
      [first, second].map(async ({ look, write }) => {
        const { lease, reasons } = await look();
        return { acted: await write(lease), reasons };
      }),
    );
    expect(mine?.acted).toMatchObject({ state: 'done' });
    expect(theirs).toEqual({
      acted: null,
      reasons: [`Another incident is changing github:acme/shop/test/${testKeyOf(name)} now.`],
    });
    expect(shop.issuesOf(name)).toHaveLength(1);
    expect(await shop.heal(other)).toEqual({ told: HEALED, written: [] });
  });

  it('gets one issue when the other incident opened it since this one looked', async () => {
    const name = aName();
    const one = await planned(await shop.aFlakyRun({ names: [name] }));
    const late = await shop.aFlakyRun({ names: [name] });
    // Its own leases, as when the one on the test has run out meanwhile.
    const { getQuarantine } = late.deps.evidence;
    const quarantines: typeof late.deps.ports.quarantines = {
      getQuarantine: async (...place) => {
        await one.write((await one.look()).lease);
        return await getQuarantine(...place);
      },
    };
    const { look, write } = await planned(late, { ports: { ...late.deps.ports, quarantines } });
    expect(await write((await look()).lease)).toMatchObject({ state: 'done' });
    expect(shop.issuesOf(name)).toHaveLength(1);
  });

  it('is found to have one when the plan of the other incident comes late', async () => {
    const name = aName();
    const late = await shop.aFlakyRun({ names: [name] });
    const { look, write } = await planned(late);
    expect((await shop.heal(await shop.aFlakyRun({ names: [name] }))).written).toEqual([OPENED]);
    expect(await write((await look()).lease)).toMatchObject({
      state: 'done',
      summary: expect.stringContaining('Somebody else has already done it'),
    });
    expect(shop.issuesOf(name)).toHaveLength(1);
  });

  it('has nothing to do with an issue about another one of the same repository', async () => {
    const names = [aName(), aName()];
    const control = (await shop.aFlakyRun({ names })).deps.control;
    for (const name of names) {
      const rig = await shop.aFlakyRun({ names: [name] });
      const { look, write } = await planned(rig, { control });
      expect(await write((await look()).lease)).toMatchObject({ state: 'done' });
      expect(shop.issuesOf(name)).toHaveLength(1);
    }
  });
});
