import type { ManagedService } from '../plan/managed-service.ts';
import { type Remedy, type RemedyKind, readRemedy } from '../plan/remedies.ts';
import type { Capacity } from './capacity-settings.ts';

/** A kind of remedy that may make room before something runs out. */
export interface RoomMaker<R extends Remedy = Remedy> extends RemedyKind<R> {
  /** For what it makes room; the number says how much it disturbs, the least first. */
  readonly makesRoom?: Readonly<Partial<Record<Capacity['kind'], number>>>;
  /** Of an action that scales: the most that the owner allows. */
  maximum?(remedy: R): number;
  /** What would be done, in plain words: `run more tasks`. */
  describe(remedy: R): string;
}

/**
 * What the owner of a service allows to be done before something runs out, in plain words and in the order of what disturbs least: remedies
 * (those that list the forecast's alarm, where it has one), then playbooks. Empty when the catalogue allows nothing.
 */
export function preEmptiveActions(
  { kind, alarm }: Capacity,
  { remedies, playbooks }: ManagedService,
  makers: readonly RoomMaker[],
): string[] {
  const listed = remedies.filter((remedy) => alarm === null || remedy.alarms.includes(alarm));
  const rank = (maker: RoomMaker): number => maker.makesRoom?.[kind] ?? Number.POSITIVE_INFINITY;
  const fitting = makers.filter((maker) => Number.isFinite(rank(maker))).sort((a, b) => rank(a) - rank(b));
  const words = fitting.flatMap((maker) =>
    listed.flatMap((remedy) => {
      const entry = readRemedy(remedy, maker);
      return entry === null ? [] : [maker.describe(entry)];
    }),
  );
  return [...words, ...playbooks.map(({ id }) => `run the playbook ${id}, if it fits`)];
}
