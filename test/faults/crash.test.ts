import { describe, expect, it } from 'vitest';
import { killAtRandom } from '#lab/drills/crash.ts';
import { openDrillStage } from '#lab/drills/drill-stage.ts';
import { makeEventFeed } from '#lab/drills/moments.ts';
import { anAssembly, DRILL_POLICY } from '#test/e2e/support/assemblies.ts';

const KILLS = Number(process.env.FAULT_RUNS ?? 3);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);

describe('a runtime that is killed while it heals', () => {
  it(
    `loses no incident and repeats no effect over ${KILLS} kills at random moments`,
    async () => {
      console.log(`FUZZ_SEED=${SEED} FAULT_RUNS=${KILLS}`);
      const { assemblyDir, remove } = await anAssembly({ configuration: { policy: DRILL_POLICY } });
      const events = makeEventFeed();
      const stage = await openDrillStage({ assemblyDir, onEvent: events.emit });
      try {
        const facts = await killAtRandom(stage, events, { kills: KILLS, seed: SEED });
        expect(facts).toMatchObject({ started: facts.ended, lost: [], missing: [], repeated: [], deadLetters: 0 });
        expect(facts.started).toBeGreaterThanOrEqual(KILLS);
      } finally {
        await stage.stop();
        remove();
      }
    },
    120_000 + KILLS * 15_000,
  );
});
