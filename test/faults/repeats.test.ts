import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DrillStage, openDrillStage } from '#lab/drills/drill-stage.ts';
import { sendAllOrders, sendDuplicates } from '#lab/drills/repeats.ts';
import { anAssembly, DRILL_POLICY } from '#test/e2e/support/assemblies.ts';

const ONCE = { incidents: 1, comments: 1, reruns: 1 };
let stage: DrillStage;
let assembly: Awaited<ReturnType<typeof anAssembly>>;

beforeAll(async () => {
  assembly = await anAssembly({ configuration: { policy: DRILL_POLICY } });
  stage = await openDrillStage({ assemblyDir: assembly.assemblyDir });
}, 120_000);

afterAll(async () => {
  await stage?.stop();
  assembly?.remove();
});

describe('what GitHub tells more than once or out of order', () => {
  it('heals a run once, however often the same delivery arrives at the same time', async () => {
    expect(await sendDuplicates(stage, 20)).toEqual(ONCE);
  }, 120_000);

  it('heals a run once in each of the 24 orders of its four events', async () => {
    const orders = await sendAllOrders(stage);
    expect(orders).toEqual(orders.map(() => ONCE));
    expect(orders).toHaveLength(24);
  }, 180_000);
});
