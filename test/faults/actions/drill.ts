import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { everyPoint, type FaultKind, faultsOf, maxLagOf, type Schedule, somewhere } from './fault-schedules.ts';
import { judge } from './judge.ts';
import { type Played, play } from './play.ts';
import type { ActionStage } from './stage.ts';

/** What many schedules of one kind came to. */
export interface Tally {
  schedules: number;
  kills: number;
  repeated: string[];
  lost: string[];
  /** Why people were asked, and how often. */
  readonly handedOver: Map<string, number>;
}

/** Every action without faults: what its schedules are made from and compared with. */
export async function playAll(stage: ActionStage): Promise<ReadonlyMap<ActionPlugin, Played>> {
  const reference = new Map<ActionPlugin, Played>();
  for (const plugin of stage.actions) reference.set(plugin, await play(stage, plugin));
  return reference;
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
  reference: ReadonlyMap<ActionPlugin, Played>,
  kind: FaultKind,
  { count, seed }: { readonly count: number; readonly seed: number },
): Plan[] {
  const next = numbersFrom(seed);
  const points = [...reference].map(([plugin, played]) =>
    everyPoint(kind, played, { next, maxLagMs: maxLagOf(plugin) }).map((schedule) => ({ plugin, schedule })),
  );
  const longest = Math.max(...points.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, index) => points.flatMap((own) => own[index] ?? [])).flat();
  const single = inTurn.slice(0, Math.ceil(count / 2));
  const all = [...reference];
  const drawn = Array.from({ length: count - single.length }, (_, index): Plan[] => {
    const one = all[index % all.length];
    return one === undefined
      ? []
      : [{ plugin: one[0], schedule: somewhere(kind, one[1], { next, maxLagMs: maxLagOf(one[0]) }) }];
  });
  return [...single, ...drawn.flat()];
}

const LOG_EVERY = 100;

/** `100 schedules, 58 kills, 0 repeated, 0 lost, 1 handed to a person`. */
export function summaryOf({ schedules, repeated, lost, handedOver }: Tally, kills: number): string {
  const asked = [...handedOver.values()].reduce((sum, count) => sum + count, 0);
  return `${schedules} schedules, ${kills} kills, ${repeated.length} repeated, ${lost.length} lost, ${asked} handed to a person`;
}

/** Plays the schedules, those of one family after the other, because the next process is started for one of them. */
export async function drill(
  stage: ActionStage,
  reference: ReadonlyMap<ActionPlugin, Played>,
  plans: readonly Plan[],
): Promise<Tally> {
  const before = stage.host.kills();
  const tally: Tally = { schedules: 0, kills: 0, repeated: [], lost: [], handedOver: new Map() };
  for (const { plugin, schedule } of plans.toSorted((a, b) => a.plugin.family.localeCompare(b.plugin.family))) {
    const expected = reference.get(plugin);
    if (expected === undefined) throw new Error(`${plugin.id} was not played without faults.`);
    const played = await play(stage, plugin, faultsOf(schedule, stage.clock));
    const { repeated, lost, handedOver } = judge(expected, played);
    const where = ` (${plugin.id} ${JSON.stringify(schedule)})`;
    tally.schedules += 1;
    tally.repeated.push(...repeated.map((what) => what + where));
    tally.lost.push(...lost.map((what) => what + where));
    if (handedOver !== null) {
      const why = `${plugin.id}: ${handedOver}`;
      tally.handedOver.set(why, (tally.handedOver.get(why) ?? 0) + 1);
    }
    if (tally.schedules % LOG_EVERY === 0) console.log(summaryOf(tally, stage.host.kills() - before));
  }
  tally.kills = stage.host.kills() - before;
  return tally;
}
