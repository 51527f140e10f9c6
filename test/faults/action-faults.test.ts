import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drill, playAll, schedulesFor, tellOf } from './actions/drill.ts';
import type { Played } from './actions/play.ts';
import { type ActionStage, openActionStage } from './actions/stage.ts';
import type { TroubleKind } from './actions/troubles.ts';
import { announceSeed, ROUNDS } from './support/rounds.ts';

/** Of each kind: `FAULT_RUNS=200` makes 1,000. A short round looks at some points only, but at every action in peace. */
const SCHEDULES = Math.max(10, ROUNDS * 5);
const seed = announceSeed('every action in trouble');
const KINDS: readonly TroubleKind[] = ['kills', 'lost answers', 'late sight'];

let stage: ActionStage;
let calm: Awaited<ReturnType<typeof playAll>>;
beforeAll(async () => {
  stage = await openActionStage();
  calm = await playAll(stage);
}, 300_000);
afterAll(() => stage?.stop());

const phasesOf = ({ effects }: Played) => [...new Set(effects.map(({ phase }) => phase))];
/** A look changes nothing. */
const LOOKS = ['check-connections', 'health-check'];

describe('every action of the registry, in a process of its own', () => {
  it('does in peace what it is for, and what can be undone is undone', () => {
    for (const [{ id, undo }, played] of calm) {
      expect(played.end, id).toEqual({ kind: 'settled' });
      const undone = undo !== undefined && played.records.at(-1)?.verified === 'failed';
      expect(phasesOf(played), id).toEqual(LOOKS.includes(id) ? [] : undone ? ['act', 'undo'] : ['act']);
    }
    expect(calm.size).toBe(stage.actions.length);
  });

  it.each(KINDS)(
    'with %s does nothing twice, loses nothing, and says what it does not know',
    async (kind) => {
      const tally = await drill(stage, calm, schedulesFor(calm, kind, { count: SCHEDULES, seed }));
      const { schedules, kills, repeated, lost, handedOver } = tally;
      console.log(`${kind}: ${tellOf(tally, kills)}`, Object.fromEntries(handedOver));
      expect({ repeated, lost }).toEqual({ repeated: [], lost: [] });
      expect(schedules).toBe(SCHEDULES);
    },
    120_000 + SCHEDULES * 10_000,
  );
});
