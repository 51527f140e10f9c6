import type { Policy } from './policy-settings.ts';

type Freezes = Policy['freezes'];

/** The freeze that holds at `now` (from inclusive, to exclusive), or null. */
export function activeFreeze(freezes: Freezes, now: Date): Freezes[number] | null {
  const at = now.getTime();
  return freezes.find(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to)) ?? null;
}
