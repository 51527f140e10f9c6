import type { Clock } from '@selfheal/kernel/time.ts';

export interface FakeClock extends Clock {
  advance(milliseconds: number): void;
  set(at: Date | string): void;
  /** Every duration slept so far, in milliseconds. */
  readonly slept: number[];
}

/** A clock that stands still until it is advanced; sleeping advances it at once. */
export function fakeClock(start: Date | string = '2026-11-21T12:00:00.000Z'): FakeClock {
  let now = new Date(start).getTime();
  const slept: number[] = [];
  return {
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
    set: (at) => {
      now = new Date(at).getTime();
    },
    slept,
  };
}
