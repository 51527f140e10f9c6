import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { killAtRandom } from '#lab/drills/crash.ts';
import { prepareDrillAssembly } from '#lab/drills/drill-assembly.ts';
import { openDrillStage } from '#lab/drills/drill-stage.ts';
import { makeEventFeed } from '#lab/drills/moments.ts';

const KILLS = Number(process.env.FAULT_RUNS ?? 3);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
const folder = mkdtempSync(join(tmpdir(), 'selfheal-faults-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a runtime that is killed while it heals', () => {
  it(
    `loses no incident and repeats no effect over ${KILLS} kills at random moments`,
    async () => {
      console.log(`FUZZ_SEED=${SEED} FAULT_RUNS=${KILLS}`);
      const { assemblyDir } = await prepareDrillAssembly(folder, { stormIncidentsPerMinute: 1000 });
      const events = makeEventFeed();
      const stage = await openDrillStage({ assemblyDir, onEvent: events.emit });
      try {
        const facts = await killAtRandom(stage, events, { kills: KILLS, seed: SEED });
        expect(facts).toMatchObject({ started: facts.ended, lost: [], missing: [], repeated: [], deadLetters: 0 });
        expect(facts.started).toBeGreaterThanOrEqual(KILLS);
      } finally {
        await stage.stop();
      }
    },
    600_000 + KILLS * 15_000,
  );
});
