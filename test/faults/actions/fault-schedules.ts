import type { GatewayResponse } from '@selfheal/local-cloud/wire/request.ts';
import { oneOf } from '#lab/drills/moments.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { SetTime } from '#test/fakes/set-time.ts';
import type { Faults, Played } from './play.ts';
import type { Fate, Seen } from './wire.ts';

/** What strikes one request, by its number since the guard began. */
interface Strike {
  readonly at: number;
  readonly kind: 'kill' | 'lose';
  readonly when: 'before' | 'after';
}

/** What goes wrong for one incident. `lagMs`: for how long reads of the outside world show what was before a change. */
export interface Schedule {
  readonly strikes: readonly Strike[];
  readonly lagMs: number;
  readonly takenUp: Faults['takenUp'];
}

/** Milliseconds that a request takes in the time of the drill. */
const REQUEST_MS = 15;
const PASS: Fate = { kind: 'pass' };

/** The schedule at work. */
export function faultsOf({ strikes, lagMs, takenUp }: Schedule, clock: SetTime): Faults {
  return {
    takenUp,
    watcher(report) {
      const late = lateReads(lagMs, clock);
      return {
        decide(seen) {
          clock.advance(REQUEST_MS);
          report(seen);
          const strike = strikes.find(({ at }) => at === seen.number);
          if (strike !== undefined) return { kind: strike.kind, when: strike.when };
          return late.answer(seen) ?? PASS;
        },
        done: (seen, response) => late.done(seen, response),
      };
    },
  };
}

/** Answers reads as things stood so long ago, as far as somebody asked the same then. */
function lateReads(lagMs: number, clock: SetTime) {
  const changes: number[] = [];
  const answers = new Map<string, GatewayResponse>();
  const keyAt = (time: number, { key }: Seen) => `${changes.filter((at) => at <= time).length} ${key}`;
  return {
    answer(seen: Seen): Fate | null {
      const then = clock.now() - lagMs;
      const hasChanged = changes.some((at) => at > then);
      const known = seen.to === 'world' && seen.reads && hasChanged ? answers.get(keyAt(then, seen)) : undefined;
      return known === undefined ? null : { kind: 'answer', response: known };
    },
    done(seen: Seen, response: GatewayResponse) {
      if (seen.to === 'store') return;
      if (seen.reads) answers.set(keyAt(clock.now(), seen), response);
      else if (response.status < 400) changes.push(clock.now());
    },
  };
}

export type FaultKind = 'kills' | 'lost answers' | 'late sight';

/** Longer than any lost answer is looked for at once, and less than the time until the first verification. */
const MAX_LAG_MS = 28_000;

/** For how long at most reads of the outside world lag behind for an action: as long as it says that its effect takes to show. */
export function maxLagOf({ repeat }: ActionPlugin): number {
  return repeat.kind === 'harmless' ? MAX_LAG_MS : Math.min(MAX_LAG_MS, repeat.showsWithinSeconds * 1000 - 500);
}

/** Every single point of a reference run at which something can go wrong; those at changes of the outside world come first. */
export function everyPoint(
  kind: FaultKind,
  { requests }: Pick<Played, 'requests'>,
  { next, maxLagMs }: { readonly next: () => number; readonly maxLagMs: number },
): Schedule[] {
  const changes = requests.filter((one) => one.to === 'world' && !one.reads);
  const others = requests.filter((one) => !changes.includes(one));
  const single = (strike: Strike, lagMs = 0): Schedule => ({ strikes: [strike], lagMs, takenUp: 'step' });
  switch (kind) {
    case 'kills':
      return [...changes, ...others].flatMap(({ number: at }) => [
        single({ at, kind: 'kill', when: 'after' }),
        single({ at, kind: 'kill', when: 'before' }),
      ]);
    case 'lost answers':
      return [...changes, ...others].map(({ number: at }) => single({ at, kind: 'lose', when: 'after' }));
    default:
      return changes.flatMap(({ number: at }) => [
        single({ at, kind: 'lose', when: 'after' }, aLag(next, maxLagMs)),
        single({ at, kind: 'kill', when: 'after' }, aLag(next, maxLagMs)),
      ]);
  }
}

const aLag = (next: () => number, maxLagMs: number): number => Math.round(200 + next() * (maxLagMs - 200));

/** Several things go wrong, anywhere. */
export function somewhere(
  kind: FaultKind,
  { requests }: Pick<Played, 'requests'>,
  { next, maxLagMs }: { readonly next: () => number; readonly maxLagMs: number },
): Schedule {
  const places = Array.from(
    { length: 2 + Math.floor(next() * 2) },
    () => 1 + Math.floor(next() * requests.length * 1.3),
  );
  const kinds = { kills: ['kill'], 'lost answers': ['lose'], 'late sight': ['kill', 'lose'] } as const;
  const strikes = [...new Set(places)].map((at): Strike => {
    return { at, kind: oneOf(kinds[kind], next), when: oneOf(['before', 'after'], next) };
  });
  return {
    strikes,
    lagMs: kind === 'late sight' ? aLag(next, maxLagMs) : 0,
    takenUp: kind === 'kills' && next() < 0.4 ? 'plan' : 'step',
  };
}
