import { setTimeout } from 'node:timers/promises';
import type { Clock } from '@selfheal/kernel/time.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
};
