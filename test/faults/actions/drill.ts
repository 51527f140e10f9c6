import { numbersFrom } from '#shared/kernel/numbers/seeded-numbers.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { judge } from './judge.ts';
import { type Played, play } from './play.ts';
import type { ActionStage } from './stage.ts';
import { everyPoint, maxLagOf, type Schedule, somewhere, type TroubleKind, troubleOf } from './troubles.ts';

/** What many schedules of one kind came to. */
export interface Tally {
  schedules: number;
  kills: number;
  repeated: string[];
  lost: string[];
  /** Why people were asked, and how often. */
  readonly handedOver: Map<string, number>;
}

/** Every action in peace: what its schedules are made from and compared with. */
export async function playAll(stage: ActionStage): Promise<ReadonlyMap<ActionPlugin, Played>> {
  const calm = new Map<ActionPlugin, Played>();
  for (const plugin of stage.actions) calm.set(plugin, await play(stage, plugin));
  return calm;
}

interface Plan {
  readonly plugin: ActionPlugin;
  readonly schedule: Schedule;
}

/**
 * So many schedules of a kind for all actions: for the first half single points, those of every action in turn, as long as there are
 * any; the others with several faults at random.
 */
export function schedulesFor(
  calm: ReadonlyMap<ActionPlugin, Played>,
  kind: TroubleKind,
  { count, seed }: { readonly count: number; readonly seed: number },
): Plan[] {
  const next = numbersFrom(seed);
  const points = [...calm].map(([plugin, played]) =>
    everyPoint(kind, played, { next, maxLagMs: maxLagOf(plugin) }).map((schedule) => ({ plugin, schedule })),
  );
  const longest = Math.max(...points.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, index) => points.flatMap((own) => own[index] ?? [])).flat();
  const single = inTurn.slice(0, Math.ceil(count / 2));
  const all = [...calm];
  const drawn = Array.from({ length: count - single.length }, (_, index): Plan[] => {
    const one = all[index % all.length];
    return one === undefined
      ? []
      : [{ plugin: one[0], schedule: somewhere(kind, one[1], { next, maxLagMs: maxLagOf(one[0]) }) }];
  });
  return [...single, ...drawn.flat()];
}

const TOLD_EVERY = 100;

/** `100 schedules, 58 kills, 0 repeated, 0 lost, 1 handed to a person`. */
export function tellOf({ schedules, repeated, lost, handedOver }: Tally, kills: number): string {
  const asked = [...handedOver.values()].reduce((sum, count) => sum + count, 0);
  return `${schedules} schedules, ${kills} kills, ${repeated.length} repeated, ${lost.length} lost, ${asked} handed to a person`;
}

/** Plays the schedules, those of one family after the other, because the next process is started for one of them. */
export async function drill(
  stage: ActionStage,
  calm: ReadonlyMap<ActionPlugin, Played>,
  plans: readonly Plan[],
): Promise<Tally> {
  const before = stage.host.kills();
  const tally: Tally = { schedules: 0, kills: 0, repeated: [], lost: [], handedOver: new Map() };
  for (const { plugin, schedule } of plans.toSorted((a, b) => a.plugin.family.localeCompare(b.plugin.family))) {
    const expected = calm.get(plugin);
    if (expected === undefined) throw new Error(`${plugin.id} was not played in peace.`);
    const played = await play(stage, plugin, troubleOf(schedule, stage.clock));
    const { repeated, lost, handedOver } = judge(expected, played);
    const where = ` (${plugin.id} ${JSON.stringify(schedule)})`;
    tally.schedules += 1;
    tally.repeated.push(...repeated.map((what) => what + where));
    tally.lost.push(...lost.map((what) => what + where));
    if (handedOver !== null) {
      const why = `${plugin.id}: ${handedOver}`;
      tally.handedOver.set(why, (tally.handedOver.get(why) ?? 0) + 1);
    }
    if (tally.schedules % TOLD_EVERY === 0) console.log(tellOf(tally, stage.host.kills() - before));
  }
  tally.kills = stage.host.kills() - before;
  return tally;
}
