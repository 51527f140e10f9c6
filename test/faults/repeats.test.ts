import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDrillAssembly } from '#lab/drills/drill-assembly.ts';
import { type DrillStage, openDrillStage } from '#lab/drills/drill-stage.ts';
import { sendAllOrders, sendDuplicates } from '#lab/drills/repeats.ts';

const folder = mkdtempSync(join(tmpdir(), 'selfheal-faults-'));
const ONCE = { incidents: 1, comments: 1, reruns: 1 };
let stage: DrillStage;

beforeAll(async () => {
  const { assemblyDir } = await prepareDrillAssembly(folder, { stormIncidentsPerMinute: 1000 });
  stage = await openDrillStage({ assemblyDir });
});

afterAll(async () => {
  await stage?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('what GitHub tells more than once or out of order', () => {
  it('heals a run once, however often the same delivery arrives at the same time', async () => {
    expect(await sendDuplicates(stage, 20)).toEqual(ONCE);
  });

  it('heals a run once in each of the 24 orders of its four events', async () => {
    const orders = await sendAllOrders(stage);
    expect(orders).toEqual(orders.map(() => ONCE));
    expect(orders).toHaveLength(24);
  });
});
