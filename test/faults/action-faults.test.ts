import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drill, playAll, schedulesFor, summaryOf } from './actions/drill.ts';
import type { FaultKind } from './actions/fault-schedules.ts';
import type { Played } from './actions/play.ts';
import { type ActionStage, openActionStage } from './actions/stage.ts';
import { announceSeed, ROUNDS } from './support/rounds.ts';

/** Of each kind: `FAULT_RUNS=200` makes 1,000. A short round looks at some points only, but at every action without faults. */
const SCHEDULES = Math.max(10, ROUNDS * 5);
const seed = announceSeed('every action with faults');
const KINDS: readonly FaultKind[] = ['kills', 'lost answers', 'late sight'];

let stage: ActionStage;
let reference: Awaited<ReturnType<typeof playAll>>;
beforeAll(async () => {
  stage = await openActionStage();
  reference = await playAll(stage);
});
afterAll(() => stage?.stop());

const phasesOf = ({ effects }: Played) => [...new Set(effects.map(({ phase }) => phase))];
/** A look changes nothing. */
const LOOKS = ['check-connections', 'health-check'];

describe('every action of the registry, in a process of its own', () => {
  it('does without faults what it is for, and what can be undone is undone', () => {
    for (const [{ id, undo }, played] of reference) {
      expect(played.end, id).toEqual({ kind: 'settled' });
      const undone = undo !== undefined && played.records.at(-1)?.verified === 'failed';
      expect(phasesOf(played), id).toEqual(LOOKS.includes(id) ? [] : undone ? ['act', 'undo'] : ['act']);
    }
    expect(reference.size).toBe(stage.actions.length);
  });

  it.each(KINDS)(
    'with %s does nothing twice, loses nothing, and says what it does not know',
    async (kind) => {
      const tally = await drill(stage, reference, schedulesFor(reference, kind, { count: SCHEDULES, seed }));
      const { schedules, kills, repeated, lost, handedOver } = tally;
      console.log(`${kind}: ${summaryOf(tally, kills)}`, Object.fromEntries(handedOver));
      expect({ repeated, lost }).toEqual({ repeated: [], lost: [] });
      expect(schedules).toBe(SCHEDULES);
    },
    600_000 + SCHEDULES * 10_000,
  );
});
