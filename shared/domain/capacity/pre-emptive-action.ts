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

/** A remedy that makes room: its action, the first of its alarms, and what it does in plain words. */
export interface RoomMakingRemedy {
  readonly action: string;
  readonly alarm: string;
  readonly words: string;
  /** Whether it may be asked for while its alarms are quiet. */
  readonly onRequest: boolean;
}

/** Remedies of a service that make room, in the order of what disturbs least: those that list the forecast's alarm, where it has one. */
export function preEmptiveRemedies(
  { kind, alarm }: Pick<Capacity, 'kind' | 'alarm'>,
  { remedies }: Pick<ManagedService, 'remedies'>,
  makers: readonly RoomMaker[],
): RoomMakingRemedy[] {
  const listed = remedies.filter((remedy) => alarm === null || remedy.alarms.includes(alarm));
  const rank = (maker: RoomMaker): number => maker.makesRoom?.[kind] ?? Number.POSITIVE_INFINITY;
  const fitting = makers.filter((maker) => Number.isFinite(rank(maker))).sort((a, b) => rank(a) - rank(b));
  return fitting.flatMap((maker) =>
    listed.flatMap((remedy) => {
      const entry = readRemedy(remedy, maker);
      const [first = ''] = remedy.alarms;
      const onRequest = remedy.onRequest === true;
      return entry === null ? [] : [{ action: maker.action, alarm: first, words: maker.describe(entry), onRequest }];
    }),
  );
}

/** What the owner of a service allows to be done before something runs out, in plain words: remedies that make room, then playbooks. */
export function preEmptiveActions(capacity: Capacity, service: ManagedService, makers: readonly RoomMaker[]): string[] {
  const words = preEmptiveRemedies(capacity, service, makers).map((remedy) => remedy.words);
  return [...words, ...service.playbooks.map(({ id }) => `run the playbook ${id}, if it fits`)];
}
